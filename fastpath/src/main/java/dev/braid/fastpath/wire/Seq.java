package dev.braid.fastpath.wire;

/**
 * Arithmetic modulo 2^32 on TCP sequence numbers and timestamps (RFC 9293 section 3.4, RFC 7323 section 5.2).
 *
 * <p>A number precedes another when it is less than 2^31 behind it; comparing numbers that lie further apart has no
 * meaning. Stateless, any thread.
 */
public final class Seq {
    private Seq() {}

    /** Whether {@code a} precedes {@code b}. */
    public static boolean lessThan(int a, int b) {
        return a - b < 0;
    }

    /** Whether {@code a} precedes or equals {@code b}. */
    public static boolean lessOrEqual(int a, int b) {
        return a - b <= 0;
    }

    /**
     * Whether {@code low <= seq < high}: the half-open span of a window or of a segment's bytes. An empty span
     * ({@code low == high}) holds nothing. Unlike the other comparisons it is exact for spans up to 2^32 - 1.
     */
    public static boolean between(int low, int seq, int high) {
        return Integer.compareUnsigned(seq - low, high - low) < 0;
    }

    /** The later of two sequence numbers. */
    public static int max(int a, int b) {
        return a - b < 0 ? b : a;
    }

    /** The earlier of two sequence numbers. */
    public static int min(int a, int b) {
        return a - b < 0 ? a : b;
    }

    /** How far {@code a} lies ahead of {@code b}: -2^31..2^31-1, negative when it lies behind. */
    public static int diff(int a, int b) {
        return a - b;
    }
}
