package dev.braid.stack.fuzz;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.testing.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Segments of a subflow with options of Multipath TCP that an honest peer may or may not send. */
final class FuzzedLies {
    private FuzzedLies() {}

    /** A DSS option of any form, near what the subflow is about; the payload is of the place that it names. */
    static ForgedSegment dss(FuzzedSubflow flow, FuzzInput input, boolean withData) {
        FuzzedPeer peer = flow.connection;
        int bits = input.u8();
        int payload = withData ? input.u16() % 2_000 : 0;
        int place = near(input, peer.next);
        int ssn = near(input, flow.peerNxt - flow.peerIss);
        int length = (bits & 0x20) != 0 ? input.u16() : payload;
        ByteBuffer option = ByteBuffer.allocate(32);
        option.put((byte) 30).put((byte) 0).put((byte) 0x20).put((byte) (bits & 0x1f));
        if ((bits & 1) != 0) {
            long ack = peer.dataAck() + (bits >>> 6 == 0 ? 0 : near(input, 0));
            number(option, ack, (bits & 2) != 0);
        }
        if ((bits & 4) != 0) {
            number(option, peer.dsn(place), (bits & 8) != 0);
            option.putInt(ssn).putShort((short) length);
            if (peer.checksum != ((bits & 0x40) != 0)) {
                option.putShort((short) input.u16());
            }
        }
        option.put(1, (byte) option.position()).flip();
        byte[] bytes = new byte[option.remaining()];
        option.get(bytes);
        ForgedSegment segment = flow.saying(bytes);
        segment.seq = (bits & 0x80) != 0 ? flow.peerIss + near(input, flow.peerNxt - flow.peerIss) : flow.peerNxt;
        segment.payload = payload;
        segment.place = Math.max(0, place);
        return segment;
    }

    private static void number(ByteBuffer option, long value, boolean wide) {
        if (wide) {
            option.putLong(value);
        } else {
            option.putInt((int) value);
        }
    }

    private static int near(FuzzInput input, int number) {
        int how = input.u8();
        return switch (how & 3) {
            case 0 -> number;
            case 1 -> number + (how >>> 2);
            case 2 -> number - (how >>> 2);
            default -> number + (short) input.u16();
        };
    }

    /** ADD_ADDR, REMOVE_ADDR, MP_PRIO, MP_FAIL, MP_FASTCLOSE, MP_TCPRST, DATA_FIN, FIN: by kind; {@code null} = not yet. */
    static @Nullable ForgedSegment signal(FuzzedSubflow flow, int kind, FuzzInput input) {
        FuzzedPeer peer = flow.connection;
        if (!peer.knowsHostKey) {
            return null;
        }
        int value = input.u8();
        return switch (kind) {
            case 0, 1, 2 -> {
                boolean v4 = (value & 1) != 0;
                byte[] address = new byte[v4 ? 4 : 16];
                var told = FuzzedCore.peer(value >>> 1 & 1, v4);
                ByteBuffer.wrap(address).put(v4
                        ? ByteBuffer.allocate(4).putInt(told.ipv4()).array()
                        : ByteBuffer.allocate(16).putLong(told.hi()).putLong(told.lo()).array());
                yield flow.saying(peer.addAddr(value >>> 4, address, kind == 2 ? 9 : 0, (value & 8) == 0));
            }
            case 3 -> flow.saying(new byte[] {30, 4, 0x40, (byte) (value & 7)});
            case 4 -> flow.saying(new byte[] {30, 6, 0x40, (byte) (value & 3), (byte) value, (byte) input.u8()});
            case 5, 6 -> flow.saying(new byte[] {30, 3, (byte) (0x50 | (value & 1))});
            case 7 -> {
                peer.poisoned = true;
                yield flow.saying(ByteBuffer.allocate(12).put((byte) 30).put((byte) 12).putShort((short) 0x6000)
                        .putLong(peer.dsn(0)).array());
            }
            case 8, 9 -> {
                peer.poisoned = true;
                long key = (value & 1) == 0 ? peer.hostKey : peer.hostKey + 1;
                ForgedSegment segment = flow.saying(ByteBuffer.allocate(12).put((byte) 30).put((byte) 12)
                        .putShort((short) 0x7000).putLong(key).array());
                segment.flags |= kind == 9 ? Tcp.RST : 0;
                yield segment;
            }
            case 10 -> {
                ForgedSegment segment = flow.saying(new byte[] {30, 4, (byte) 0x80, (byte) (value & 7)});
                segment.flags |= Tcp.RST;
                yield segment;
            }
            case 11, 12 -> flow.carry(new FuzzedPeer.Piece(flow, flow.peerNxt, peer.next, 0), true);
            case 13 -> {
                ForgedSegment segment = flow.honest(0);
                segment.flags |= Tcp.FIN;
                yield segment;
            }
            default -> {
                // The window of all subflows, open or closed.
                ForgedSegment segment = flow.carry(new FuzzedPeer.Piece(flow, flow.peerNxt, 0, 0), false);
                segment.window = (kind & 1) == 0 ? value : value << 4;
                yield segment;
            }
        };
    }

    /** As if a box had taken the options off. */
    static ForgedSegment stripped(FuzzedSubflow flow, FuzzInput input) {
        ForgedSegment segment = new ForgedSegment(flow).stamp();
        segment.payload = input.u8() * 4;
        segment.place = flow.connection.next;
        flow.connection.next += segment.payload;
        flow.peerNxt += segment.payload;
        return segment;
    }

    /** An option of Multipath TCP that no parser has seen before. */
    static ForgedSegment raw(FuzzedSubflow flow, FuzzInput input) {
        int length = Math.max(2, input.u8() % 40);
        byte[] bytes = new byte[length];
        byte[] given = input.bytes(length - 2);
        System.arraycopy(given, 0, bytes, 2, given.length);
        bytes[0] = 30;
        bytes[1] = (byte) length;
        return new ForgedSegment(flow).option(bytes);
    }

    /** An honest segment with other flags. */
    static ForgedSegment flagged(FuzzedSubflow flow, FuzzInput input) {
        ForgedSegment segment = flow.honest(0);
        segment.flags = input.u8();
        return segment;
    }
}
