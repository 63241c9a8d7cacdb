package dev.braid.stack.tcp;

/**
 * What arrived twice and waits to be told to the peer (RFC 2883): one contiguous range, which leads the SACK option of the next ACK
 * and of no other. Core thread only.
 */
final class DsackReport {
    private boolean due;
    private int left;
    private int right;

    /** Whether a range waits. */
    boolean due() {
        return due;
    }

    /** The range's first sequence number. */
    int left() {
        return left;
    }

    /** The sequence number behind the range. */
    int right() {
        return right;
    }

    /**
     * The bytes [from, to), at least one, arrived again. Those right behind what waits already, as the packets of a burst are, join it:
     * the sender counts such a range in segments.
     *
     * @return false when another range waits, which has to leave first: "each duplicate contiguous sequence of data received is
     *     reported in at most one D-SACK block" (RFC 2883 section 4), but in one it should be
     */
    boolean add(int from, int to) {
        if (due && from != right) {
            return false;
        }
        left = due ? left : from;
        right = to;
        due = true;
        return true;
    }

    /** It was told, or nobody shall be told. */
    void clear() {
        due = false;
    }
}
