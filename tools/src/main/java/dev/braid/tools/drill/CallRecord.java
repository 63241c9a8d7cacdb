package dev.braid.tools.drill;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A request of the call socket.
 *
 * @param id echoed in the answer
 * @param op what is asked
 * @param flags an OR of the constants here
 * @param fd the descriptor it is about, or -1
 * @param a0 first argument
 * @param a1 second argument
 * @param a2 third argument
 * @param b0 the long argument
 * @param timeUsecs virtual clock: the caller's now; 0 = unknown
 * @param nameLength bytes of {@code name}, or the room for one
 * @param dataLength bytes of data sent, or the room for some
 * @param controlLength bytes of control messages, or the room for them
 * @param name a socket address, where the operation sends one
 * @param data payload, where it sends some; all zeros when only its length came
 */
record CallRecord(
        int id,
        Op op,
        int flags,
        int fd,
        int a0,
        int a1,
        int a2,
        long b0,
        long timeUsecs,
        int nameLength,
        int dataLength,
        int controlLength,
        ByteBuffer name,
        ByteBuffer data) {
    /** From packetdrill's thread for blocking calls: it may be parked. */
    static final int MAY_BLOCK = 1;
    /** The caller's buffer was NULL. */
    static final int NULL_DATA = 2;
    /** The data is all zeros and was not sent. */
    static final int ZERO_DATA = 4;
    /** The caller's address was NULL. */
    static final int NULL_NAME = 8;

    private static final int HEADER = 56;

    /**
     * Decodes a record.
     *
     * @throws BadRecord when its lengths do not add up or it asks for what does not exist
     */
    static CallRecord decode(ByteBuffer record) {
        if (record.remaining() < HEADER) {
            throw new BadRecord("a request of " + record.remaining() + " bytes, its header alone has " + HEADER);
        }
        int number = Short.toUnsignedInt(record.getShort(4));
        Op op = Op.of(number);
        if (op == null) {
            throw new BadRecord("operation " + number + " does not exist");
        }
        int flags = Short.toUnsignedInt(record.getShort(6));
        int nameLength = length("name", record.getInt(40));
        int dataLength = length("data", record.getInt(44));
        int controlLength = length("control", record.getInt(48));
        boolean sendsName = op == Op.BIND || op == Op.CONNECT || op == Op.SEND;
        boolean sendsData = (op == Op.SEND || op == Op.SETSOCKOPT || op == Op.POLL || op == Op.CONTROL
                || op == Op.HELLO)
                && (flags & (NULL_DATA | ZERO_DATA)) == 0;
        ByteBuffer rest = record.duplicate().order(record.order()).position(HEADER);
        ByteBuffer name = part(rest, "name", sendsName && (flags & NULL_NAME) == 0 ? nameLength : 0);
        ByteBuffer data = (flags & ZERO_DATA) != 0
                ? RecordChannel.little(dataLength)
                : part(rest, "data", sendsData ? dataLength : 0);
        return new CallRecord(record.getInt(0), op, flags, record.getInt(8), record.getInt(12), record.getInt(16),
                record.getInt(20), record.getLong(24), record.getLong(32), nameLength, dataLength, controlLength, name,
                data);
    }

    private static int length(String what, int length) {
        if (length < 0 || length > RecordChannel.MAX_RECORD) {
            throw new BadRecord("a " + what + " of " + Integer.toUnsignedString(length) + " bytes");
        }
        return length;
    }

    /** A copy, for a parked call outlives the buffer it came in. */
    private static ByteBuffer part(ByteBuffer rest, String what, int length) {
        if (length > rest.remaining()) {
            throw new BadRecord(
                    "a " + what + " of " + length + " bytes in a record with " + rest.remaining() + " left");
        }
        ByteBuffer copy = RecordChannel.little(length);
        copy.put(rest.slice(rest.position(), length)).flip();
        rest.position(rest.position() + length);
        return copy;
    }

    boolean mayBlock() {
        return (flags & MAY_BLOCK) != 0;
    }

    boolean nullData() {
        return (flags & NULL_DATA) != 0;
    }

    boolean nullName() {
        return (flags & NULL_NAME) != 0;
    }

    /** The data as text. */
    String text() {
        return StandardCharsets.UTF_8.decode(data.duplicate()).toString();
    }
}
