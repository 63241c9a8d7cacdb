package dev.braid.tools.drill;

import java.nio.ByteBuffer;

/**
 * An IPv4 packet with a TCP segment between 192.0.2.1:40000 and 192.168.0.1:8080, all its payload zeros.
 *
 * @param length bytes of payload
 * @param options bytes of options; none are sent
 */
record Packet(int seq, int ack, int flags, int length, int options) {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    private static final int PEER = 0xc000_0201;
    private static final int HOST = 0xc0a8_0001;
    private static final int HEADERS = 40;

    static Packet of(int seq, int ack, int flags, int length) {
        return new Packet(seq, ack, flags, length, 0);
    }

    /** What the host sent. */
    static Packet parse(byte[] packet) {
        ByteBuffer bytes = ByteBuffer.wrap(packet);
        int header = (bytes.get(32) >>> 4 & 15) * 4;
        return new Packet(bytes.getInt(24), bytes.getInt(28), bytes.get(33) & 63, packet.length - 20 - header,
                header - 20);
    }

    /** What the peer sends. */
    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(HEADERS + length);
        bytes.putShort((short) 0x4500).putShort((short) bytes.capacity()).putInt(0).putShort((short) 0x4006);
        bytes.putShort((short) 0).putInt(PEER).putInt(HOST);
        bytes.putShort((short) 40_000).putShort((short) 8080).putInt(seq).putInt(ack).put((byte) 0x50)
                .put((byte) flags);
        bytes.putShort((short) 30_000).putInt(0);
        bytes.putShort(10, checksum(bytes, 0, 20, 0));
        long pseudoHeader = (long) (PEER >>> 16) + (PEER & 0xffff) + (HOST >>> 16) + (HOST & 0xffff) + 6 + 20 + length;
        bytes.putShort(36, checksum(bytes, 20, 20 + length, pseudoHeader));
        return bytes.array();
    }

    private static short checksum(ByteBuffer bytes, int from, int length, long initial) {
        long sum = initial;
        for (int i = 0; i < length; i++) {
            sum += (bytes.get(from + i) & 0xff) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
