package dev.braid.stack.tcp;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.TcpOptions;

/**
 * The option of the striping protocol, in the experimental kind 253 (RFC 4727): kind, length, subtype, id, and eight bytes that
 * mean a connection's token on a SYN and its position in the stream elsewhere.
 */
final class StripeOption implements OptionSink {
    static final int KIND = 253;
    static final int LENGTH = 12;

    /** On SYNs: {@code value} is the token of the striped connection, {@code id} the number of the flow. */
    static final int OPEN = 1;
    /** On data: {@code value} is what to add to a place in this connection's stream to get the place in the striped one. The same
     * for all packets of a super-segment, which is cut by others. */
    static final int MAP = 2;
    /** On ACKs: {@code value} is the place behind the last byte received in order. */
    static final int ACK = 3;
    /** On resets: {@code id} says why. */
    static final int WHY = 4;

    private final TcpOptions known = new TcpOptions();
    int subtype;
    int id;
    long value;

    /** Finds the option in a segment; false when it carries none. */
    boolean parse(TcpSegment segment) {
        subtype = 0;
        known.parse(segment.optionsAddress(), segment.optionsLength(), this);
        return subtype != 0;
    }

    @Override
    public void onOption(int kind, long address, int length) {
        if (kind == KIND && length == LENGTH) {
            subtype = Memory.u8(address + 2);
            id = Memory.u8(address + 3);
            value = Memory.i64(address + 4);
        }
    }

    static int write(long address, int subtype, int id, long value) {
        Memory.put8(address, KIND);
        Memory.put8(address + 1, LENGTH);
        Memory.put8(address + 2, subtype);
        Memory.put8(address + 3, id);
        Memory.put64(address + 4, value);
        return LENGTH;
    }
}
