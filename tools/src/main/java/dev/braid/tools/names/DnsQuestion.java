package dev.braid.tools.names;

import java.nio.ByteBuffer;

/**
 * One question: the addresses of one family that a name has.
 *
 * @param name canonical, see {@link DnsName#canonical}
 */
record DnsQuestion(String name, boolean ipv4) {
    /** The type of IPv4 addresses (RFC 1035). */
    static final int TYPE_A = 1;
    /** The type of IPv6 addresses (RFC 3596). */
    static final int TYPE_AAAA = 28;
    /** The class of the Internet. */
    static final int CLASS_IN = 1;
    /** The longest answer we want in a datagram: what fits any path (DNS flag day 2020, RFC 9715). */
    static final int EDNS_BYTES = 1232;

    private static final int RECURSION_DESIRED = 0x0100;
    private static final int TYPE_OPT = 41;
    private static final int HEADER = 12;
    private static final int QUESTION_TAIL = 4;
    private static final int OPT_RECORD = 11;

    int type() {
        return ipv4 ? TYPE_A : TYPE_AAAA;
    }

    /**
     * The message that asks.
     *
     * @param id 0..65535, nobody's guess
     * @param extended whether the server is told that long answers are welcome (RFC 6891)
     */
    byte[] message(int id, boolean extended) {
        byte[] wire = DnsName.wire(name);
        var message = ByteBuffer.allocate(HEADER + wire.length + QUESTION_TAIL + (extended ? OPT_RECORD : 0));
        message.putShort((short) id).putShort((short) RECURSION_DESIRED);
        message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) (extended ? 1 : 0));
        message.put(wire).putShort((short) type()).putShort((short) CLASS_IN);
        if (extended) {
            message.put((byte) 0).putShort((short) TYPE_OPT).putShort((short) EDNS_BYTES).putInt(0).putShort((short) 0);
        }
        return message.array();
    }
}
