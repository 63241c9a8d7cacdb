package dev.braid.stack.rig;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Protocol;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Builds whole IP packets, good ones and bad ones, byte by byte and without the codecs under test. Checksums are right unless
 * told otherwise.
 */
public final class PacketBytes {
    private final int version;
    private IpAddress src;
    private IpAddress dst;
    private int protocol;
    private int ttl = 64;
    private int trafficClass;
    private int id;
    private int fragmentWord;
    private byte[] options = {};
    private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    private int firstHeader = -1;
    private int lastTypeAt = -1;
    private byte[] payload = {};
    private boolean transportChecksum = true;

    private PacketBytes(int version, String src, String dst) {
        this.version = version;
        this.src = IpAddress.parse(src);
        this.dst = IpAddress.parse(dst);
    }

    /** A packet of the version that the addresses have. */
    public static PacketBytes packet(String src, String dst) {
        return new PacketBytes(src.indexOf(':') < 0 ? 4 : 6, src, dst);
    }

    /** Replaces the protocol behind all extension headers. */
    public PacketBytes protocol(int protocol) {
        this.protocol = protocol;
        return this;
    }

    public PacketBytes ttl(int ttl) {
        this.ttl = ttl;
        return this;
    }

    public PacketBytes trafficClass(int trafficClass) {
        this.trafficClass = trafficClass;
        return this;
    }

    public PacketBytes id(int id) {
        this.id = id;
        return this;
    }

    /** IPv4: sets offset and flag. IPv6: adds a fragment header. The payload is taken as it is, without a checksum. */
    public PacketBytes fragment(int id, int offset, boolean more) {
        transportChecksum = false;
        this.id = id;
        if (version == 4) {
            fragmentWord = offset >>> 3 | (more ? 0x2000 : 0);
            return this;
        }
        int word = offset | (more ? 1 : 0);
        return extension(
                Protocol.FRAGMENT,
                0, 0, word >>> 8, word, id >>> 24, id >>> 16, id >>> 8, id);
    }

    /** IPv4 options as they stand, padded with end-of-list to a multiple of 4. */
    public PacketBytes options(int... bytes) {
        options = Arrays.copyOf(bytes(bytes), (bytes.length + 3) & ~3);
        return this;
    }

    /** An IPv6 extension header of this type: all its bytes, the first of which (next header) is filled in. */
    public PacketBytes extension(int type, int... bytes) {
        if (firstHeader < 0) {
            firstHeader = type;
        } else {
            patchLast(type);
        }
        lastTypeAt = extensions.size();
        extensions.writeBytes(bytes(bytes));
        return this;
    }

    private void patchLast(int type) {
        byte[] all = extensions.toByteArray();
        all[lastTypeAt] = (byte) type;
        extensions.reset();
        extensions.writeBytes(all);
    }

    public PacketBytes payload(byte[] payload) {
        this.payload = payload;
        return this;
    }

    public PacketBytes udp(int srcPort, int dstPort, byte[] data) {
        protocol = Protocol.UDP;
        payload = ByteBuffer.allocate(8 + data.length)
                .putShort((short) srcPort)
                .putShort((short) dstPort)
                .putShort((short) (8 + data.length))
                .putShort((short) 0)
                .put(data)
                .array();
        return this;
    }

    public PacketBytes tcp(int srcPort, int dstPort, int seq, int flags) {
        return tcp(srcPort, dstPort, seq, 0, flags);
    }

    /** A segment without options or data, with a window of 60,000. */
    public PacketBytes tcp(int srcPort, int dstPort, int seq, int ack, int flags) {
        protocol = Protocol.TCP;
        payload = ByteBuffer.allocate(20)
                .putShort((short) srcPort)
                .putShort((short) dstPort)
                .putInt(seq)
                .putInt(ack)
                .putShort((short) (0x5000 | flags))
                .putShort((short) 60_000)
                .putInt(0)
                .array();
        return this;
    }

    /** An ICMP message of this packet's version. */
    public PacketBytes icmp(int type, int code, int rest, byte[] body) {
        protocol = version == 4 ? Protocol.ICMP : Protocol.ICMPV6;
        payload = ByteBuffer.allocate(8 + body.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(rest)
                .put(body)
                .array();
        return this;
    }

    /** An echo request of this packet's version. */
    public PacketBytes echo(int identifier, int sequence, byte[] body) {
        return icmp(version == 4 ? 8 : 128, 0, identifier << 16 | sequence, body);
    }

    /** Leaves the transport's checksum field as it is. */
    public PacketBytes withoutTransportChecksum() {
        transportChecksum = false;
        return this;
    }

    /** The transport header and data with their checksum, as they would be cut into fragments. */
    public byte[] transport() {
        byte[] bytes = payload.clone();
        fillTransportChecksum(bytes);
        return bytes;
    }

    public byte[] build() {
        byte[] body = transportChecksum ? transport() : payload;
        return version == 4 ? build4(body) : build6(body);
    }

    private byte[] build4(byte[] body) {
        int header = 20 + options.length;
        byte[] all = ByteBuffer.allocate(header + body.length)
                .put((byte) (0x40 | header / 4))
                .put((byte) trafficClass)
                .putShort((short) (header + body.length))
                .putShort((short) id)
                .putShort((short) fragmentWord)
                .put((byte) ttl)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(src.ipv4())
                .putInt(dst.ipv4())
                .put(options)
                .put(body)
                .array();
        return fixHeaderChecksum(all);
    }

    private byte[] build6(byte[] body) {
        if (lastTypeAt >= 0) {
            patchLast(protocol);
        }
        byte[] chain = extensions.toByteArray();
        return ByteBuffer.allocate(40 + chain.length + body.length)
                .putInt(6 << 28 | trafficClass << 20)
                .putShort((short) (chain.length + body.length))
                .put((byte) (firstHeader < 0 ? protocol : firstHeader))
                .put((byte) ttl)
                .put(src.toBytes())
                .put(dst.toBytes())
                .put(chain)
                .put(body)
                .array();
    }

    private void fillTransportChecksum(byte[] bytes) {
        int field = switch (protocol) {
            case Protocol.TCP -> 16;
            case Protocol.UDP -> 6;
            case Protocol.ICMP, Protocol.ICMPV6 -> 2;
            default -> -1;
        };
        if (field < 0 || bytes.length < field + 2) {
            return;
        }
        put16(bytes, field, 0);
        int checksum = ~fold(sum(bytes, 0, bytes.length) + pseudo(bytes.length)) & 0xffff;
        put16(bytes, field, checksum == 0 && protocol == Protocol.UDP ? 0xffff : checksum);
    }

    private long pseudo(int length) {
        if (protocol == Protocol.ICMP) {
            return 0;
        }
        byte[] from = src.toBytes();
        byte[] to = dst.toBytes();
        return sum(from, 0, from.length) + sum(to, 0, to.length) + protocol + length;
    }

    /** Makes the checksum of an IPv4 header, which says itself how long it is, right again. */
    public static byte[] fixHeaderChecksum(byte[] packet) {
        put16(packet, 10, 0);
        int length = Math.min((packet[0] & 0xf) * 4, packet.length);
        put16(packet, 10, ~fold(sum(packet, 0, length)) & 0xffff);
        return packet;
    }

    /** Whether the transport's checksum in a whole packet without extension headers is right. */
    public static boolean transportChecksumIsRight(byte[] packet) {
        boolean v4 = packet[0] >>> 4 == 4;
        int header = v4 ? (packet[0] & 0xf) * 4 : 40;
        int protocol = packet[v4 ? 9 : 6] & 0xff;
        long sum = sum(packet, header, packet.length - header);
        if (protocol != Protocol.ICMP) {
            sum += sum(packet, v4 ? 12 : 8, v4 ? 8 : 32) + protocol + packet.length - header;
        }
        return fold(sum) == 0xffff;
    }

    public static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    public static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    public static int i32(byte[] bytes, int at) {
        return u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    /** Bytes that differ from their neighbours. */
    public static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8));
        }
        return bytes;
    }

    public static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static long sum(byte[] bytes, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (long) (bytes[from + i] & 0xff) << ((i & 1) == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }
}
