package dev.braid.stack.script.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Options of kind 30 to bytes and back, from the figures of RFC 8684. Data sequence numbers here are the wire's; the peer makes
 * them relative.
 */
final class MpCodec {
    static final int KIND = 30;
    private static final int DSS_ACK = 0x01;
    private static final int DSS_ACK_8 = 0x02;
    private static final int DSS_MAP = 0x04;
    private static final int DSS_DSN_8 = 0x08;
    private static final int DSS_FIN = 0x10;

    private MpCodec() {}

    // To bytes.

    static byte[] encode(MpOption option) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(KIND);
            out.writeByte(0);
            write(option, out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        byte[] done = bytes.toByteArray();
        done[1] = (byte) done.length;
        return done;
    }

    private static void write(MpOption option, DataOutputStream out) throws IOException {
        int backup = (int) option.field(MpField.BACKUP);
        switch (option.subtype) {
            case MP_CAPABLE -> writeCapable(option, out);
            case MP_JOIN -> writeJoin(option, backup, out);
            case DSS -> writeDss(option, out);
            case ADD_ADDR -> writeAddAddr(option, out);
            case REMOVE_ADDR -> {
                out.writeByte(first(option, 0));
                for (int id : option.ids) {
                    out.writeByte(id);
                }
            }
            case MP_PRIO -> out.writeByte(first(option, backup));
            case MP_FAIL -> {
                out.writeShort(first(option, 0) << 8);
                out.writeLong(option.field(MpField.DSN));
            }
            case MP_FASTCLOSE -> {
                out.writeShort(first(option, 0) << 8);
                out.writeLong(option.field(MpField.KEY));
            }
            case MP_TCPRST -> {
                out.writeByte(first(option, (int) option.field(MpField.TRANSIENT)));
                out.writeByte((int) option.field(MpField.REASON));
            }
        }
    }

    private static int first(MpOption option, int low) {
        return option.subtype.ordinal() << 4 | low;
    }

    private static void writeCapable(MpOption option, DataOutputStream out) throws IOException {
        out.writeByte(first(option, (int) option.field(MpField.VERSION)));
        out.writeByte((int) option.field(MpField.FLAGS));
        if (option.has(MpField.KEY)) {
            out.writeLong(option.field(MpField.KEY));
        }
        if (option.has(MpField.PEER_KEY)) {
            out.writeLong(option.field(MpField.PEER_KEY));
        }
        if (option.has(MpField.LENGTH)) {
            out.writeShort((int) option.field(MpField.LENGTH));
        }
        if (option.has(MpField.CHECKSUM)) {
            out.writeShort((int) option.field(MpField.CHECKSUM));
        }
    }

    private static void writeJoin(MpOption option, int backup, DataOutputStream out) throws IOException {
        if (!option.has(MpField.ID)) {
            // The third packet's.
            out.writeShort(first(option, 0) << 8);
            out.write(option.hmac);
            return;
        }
        out.writeByte(first(option, backup));
        out.writeByte((int) option.field(MpField.ID));
        if (option.has(MpField.TOKEN)) {
            out.writeInt((int) option.field(MpField.TOKEN));
        } else {
            out.write(option.hmac);
        }
        out.writeInt((int) option.field(MpField.NONCE));
    }

    private static void writeDss(MpOption option, DataOutputStream out) throws IOException {
        boolean ack = option.has(MpField.ACK);
        boolean ack8 = option.field(MpField.ACK_BYTES) == 8;
        boolean map = option.has(MpField.DSN);
        boolean dsn8 = option.field(MpField.DSN_BYTES) == 8;
        int flags = (ack ? DSS_ACK : 0) | (ack && ack8 ? DSS_ACK_8 : 0) | (map ? DSS_MAP : 0)
                | (map && dsn8 ? DSS_DSN_8 : 0) | (option.field(MpField.FIN) != 0 ? DSS_FIN : 0);
        out.writeByte(first(option, 0));
        out.writeByte(flags);
        if (ack) {
            number(out, option.field(MpField.ACK), ack8);
        }
        if (map) {
            number(out, option.field(MpField.DSN), dsn8);
            out.writeInt((int) option.field(MpField.SSN));
            out.writeShort((int) option.field(MpField.LENGTH));
        }
        if (option.has(MpField.CHECKSUM)) {
            out.writeShort((int) option.field(MpField.CHECKSUM));
        }
    }

    private static void number(DataOutputStream out, long value, boolean eight) throws IOException {
        if (eight) {
            out.writeLong(value);
        } else {
            out.writeInt((int) value);
        }
    }

    private static void writeAddAddr(MpOption option, DataOutputStream out) throws IOException {
        out.writeByte(first(option, (int) option.field(MpField.ECHO)));
        out.writeByte((int) option.field(MpField.ID));
        out.write(addressBytes(option.address));
        if (option.has(MpField.PORT)) {
            out.writeShort((int) option.field(MpField.PORT));
        }
        if (option.hmac != null) {
            out.write(option.hmac);
        }
    }

    /** 4 or 16 bytes, as on the wire. */
    static byte[] addressBytes(IpAddress address) {
        return address.toBytes();
    }

    // From bytes.

    /** Throws {@link AssertionError} on what RFC 8684 does not allow. */
    static MpOption decode(byte[] bytes, boolean syn, boolean ack) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        require(in.get() == KIND && in.get() == bytes.length, bytes, "kind and length");
        int high = (bytes[2] & 0xff) >>> 4;
        require(high < MpSubtype.values().length, bytes, "subtype " + high);
        MpOption option = new MpOption(MpSubtype.values()[high]);
        int low = in.get() & 0xf;
        switch (option.subtype) {
            case MP_CAPABLE -> readCapable(option, in, low, syn, ack);
            case MP_JOIN -> readJoin(option, in, low, syn, ack);
            case DSS -> readDss(option, in, low);
            case ADD_ADDR -> readAddAddr(option, in, low);
            case REMOVE_ADDR -> {
                require(low == 0 && in.hasRemaining(), bytes, "REMOVE_ADDR");
                option.ids = new int[in.remaining()];
                for (int i = 0; i < option.ids.length; i++) {
                    option.ids[i] = in.get() & 0xff;
                }
            }
            case MP_PRIO -> {
                require(bytes.length == 3 && low <= 1, bytes, "MP_PRIO");
                option.put(MpField.BACKUP, low);
            }
            case MP_FAIL, MP_FASTCLOSE -> {
                require(bytes.length == 12 && low == 0 && in.get() == 0, bytes, option.name());
                option.put(option.subtype == MpSubtype.MP_FAIL ? MpField.DSN : MpField.KEY, in.getLong());
            }
            case MP_TCPRST -> {
                require(bytes.length == 4, bytes, "MP_TCPRST");
                option.put(MpField.TRANSIENT, low & 1).put(MpField.REASON, in.get() & 0xff);
            }
        }
        require(!in.hasRemaining(), bytes, "bytes left over");
        return option;
    }

    private static void require(boolean holds, byte[] bytes, String what) {
        if (!holds) {
            throw new AssertionError("a bad MPTCP option, " + what + ": " + java.util.HexFormat.of().formatHex(bytes));
        }
    }

    private static void readCapable(MpOption option, ByteBuffer in, int low, boolean syn, boolean ack) {
        option.put(MpField.VERSION, low).put(MpField.FLAGS, in.get() & 0xff);
        int length = in.limit();
        boolean right = syn
                ? length == (ack ? 12 : 4)
                : length == 20 || length == 22 || length == 24;
        require(right, in.array(), "the length of MP_CAPABLE");
        if (length >= 12) {
            option.put(MpField.KEY, in.getLong());
        }
        if (length >= 20) {
            option.put(MpField.PEER_KEY, in.getLong());
        }
        if (length >= 22) {
            option.put(MpField.LENGTH, in.getShort() & 0xffff);
        }
        if (length == 24) {
            option.put(MpField.CHECKSUM, in.getShort() & 0xffff);
        }
    }

    private static void readJoin(MpOption option, ByteBuffer in, int low, boolean syn, boolean ack) {
        int length = in.limit();
        require(length == (syn ? ack ? 16 : 12 : 24), in.array(), "the length of MP_JOIN");
        int id = in.get() & 0xff;
        if (!syn) {
            require(low == 0 && id == 0, in.array(), "reserved bits of MP_JOIN");
            option.hmac = rest(in, 20);
            return;
        }
        require(low <= 1, in.array(), "reserved bits of MP_JOIN");
        option.put(MpField.BACKUP, low).put(MpField.ID, id);
        if (ack) {
            option.hmac = rest(in, 8);
        } else {
            option.put(MpField.TOKEN, in.getInt() & 0xffff_ffffL);
        }
        option.put(MpField.NONCE, in.getInt() & 0xffff_ffffL);
    }

    private static byte[] rest(ByteBuffer in, int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    private static void readDss(MpOption option, ByteBuffer in, int low) {
        int flags = in.get() & 0xff;
        require(low == 0 && flags < 0x20, in.array(), "reserved bits of DSS");
        option.put(MpField.FIN, flags >> 4 & 1);
        if ((flags & DSS_ACK) != 0) {
            boolean eight = (flags & DSS_ACK_8) != 0;
            option.put(MpField.ACK, number(in, eight)).put(MpField.ACK_BYTES, eight ? 8 : 4);
        }
        if ((flags & DSS_MAP) != 0) {
            boolean eight = (flags & DSS_DSN_8) != 0;
            option.put(MpField.DSN, number(in, eight)).put(MpField.DSN_BYTES, eight ? 8 : 4);
            option.put(MpField.SSN, in.getInt() & 0xffff_ffffL).put(MpField.LENGTH, in.getShort() & 0xffff);
            if (in.remaining() == 2) {
                option.put(MpField.CHECKSUM, in.getShort() & 0xffff);
            }
        }
    }

    private static long number(ByteBuffer in, boolean eight) {
        return eight ? in.getLong() : in.getInt() & 0xffff_ffffL;
    }

    private static void readAddAddr(MpOption option, ByteBuffer in, int low) {
        require(low <= 1, in.array(), "reserved bits of ADD_ADDR");
        int rest = in.limit() - 4 - (low == 0 ? 8 : 0);
        require(rest == 4 || rest == 6 || rest == 16 || rest == 18, in.array(), "the length of ADD_ADDR");
        option.put(MpField.ECHO, low).put(MpField.ID, in.get() & 0xff);
        option.address = address(rest(in, rest < 16 ? 4 : 16));
        if (rest == 6 || rest == 18) {
            option.put(MpField.PORT, in.getShort() & 0xffff);
        }
        if (low == 0) {
            option.hmac = rest(in, 8);
        }
    }

    private static IpAddress address(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return bytes.length == 4 ? IpAddress.ofIpv4(in.getInt()) : new IpAddress(in.getLong(), in.getLong());
    }
}
