package dev.braid.tools.drill;

import java.nio.ByteBuffer;

/**
 * A record of the wire socket.
 *
 * @param type one of the constants here
 * @param seq the client's number, or the number of the frame sent
 * @param timeUsecs see the types
 * @param gso segment size of a super-segment; on WAIT the number of the last frame seen
 * @param data a packet, the greeting's text, or nothing
 */
record WireRecord(int type, int seq, long timeUsecs, int gso, ByteBuffer data) {
    /** The client's first: which session it belongs to. Answered {@link #DONE}. */
    static final int HELLO = 0;
    /** A packet arrives at the stack at {@code timeUsecs}. */
    static final int INJECT = 1;
    /** It is dealt with. */
    static final int DONE = 2;
    /** A packet left the stack at {@code timeUsecs}. */
    static final int EMIT = 3;
    /** Run the clock until a packet leaves, at most to {@code timeUsecs}. */
    static final int WAIT = 4;
    /** The wait is over. */
    static final int IDLE = 5;

    private static final int HEADER = 24;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** A record without data. */
    static WireRecord bare(int type, int seq, long timeUsecs) {
        return new WireRecord(type, seq, timeUsecs, 0, NOTHING);
    }

    /**
     * Decodes what a client sent; the data stays in its buffer.
     *
     * @throws BadRecord when its lengths do not add up
     */
    static WireRecord decode(ByteBuffer record) {
        if (record.remaining() < HEADER) {
            throw new BadRecord("a wire record of " + record.remaining() + " bytes, its header alone has " + HEADER);
        }
        int length = record.getInt(16);
        if (length != record.remaining() - HEADER) {
            throw new BadRecord(
                    "a wire record that says " + length + " bytes and has " + (record.remaining() - HEADER));
        }
        return new WireRecord(Byte.toUnsignedInt(record.get(0)), record.getInt(4), record.getLong(8), record.getInt(20),
                record.slice(HEADER, length));
    }

    ByteBuffer encode() {
        ByteBuffer record = RecordChannel.little(HEADER + data.remaining());
        record.putInt(type).putInt(seq).putLong(timeUsecs).putInt(data.remaining()).putInt(gso);
        return record.put(data.duplicate()).flip();
    }
}
