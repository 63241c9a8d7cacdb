package dev.braid.tools.drill;

import java.nio.ByteBuffer;

/**
 * How a call ended.
 *
 * @param result 0 or more, or -1
 * @param errno Linux's error number when the result is -1
 * @param a0 message flags or the resulting option length
 * @param name a socket address, or nothing
 * @param data payload, or nothing
 */
record Answer(long result, int errno, int a0, byte[] name, byte[] data) implements Reply {
    private static final byte[] NOTHING = {};
    private static final int HEADER = 48;
    private static final int ZERO_DATA = 4;
    /** From how many zeros on only their number is sent. */
    private static final int WORTH_SAYING_ZERO = 64;

    /** Success with this result, or failure when it is a negated errno. */
    static Answer of(long resultOrErrno) {
        return resultOrErrno >= 0
                ? new Answer(resultOrErrno, 0, 0, NOTHING, NOTHING)
                : new Answer(-1, (int) -resultOrErrno, 0, NOTHING, NOTHING);
    }

    Answer withName(byte[] address) {
        return new Answer(result, errno, a0, address, data);
    }

    Answer withData(byte[] bytes) {
        return new Answer(result, errno, a0, name, bytes);
    }

    Answer withA0(int value) {
        return new Answer(result, errno, value, name, data);
    }

    /** The record that tells the client. */
    ByteBuffer encode(int id, long timeUsecs) {
        boolean zero = isZero(data);
        int carried = zero ? 0 : data.length;
        ByteBuffer record = RecordChannel.little(HEADER + name.length + carried);
        record.putInt(id).putInt(zero ? ZERO_DATA : 0).putLong(result).putInt(errno).putInt(a0).putLong(timeUsecs);
        record.putInt(name.length).putInt(data.length).putInt(0).putInt(0);
        return record.put(name).put(data, 0, carried).flip();
    }

    private static boolean isZero(byte[] bytes) {
        if (bytes.length < WORTH_SAYING_ZERO) {
            return false;
        }
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
