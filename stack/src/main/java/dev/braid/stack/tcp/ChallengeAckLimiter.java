package dev.braid.stack.tcp;

/**
 * Bounds the challenge ACKs of one connection to {@value #BURST} in any five seconds (RFC 5961 §10). The count is the
 * connection's own: one shared by all connections told an attacker what happened on others (CVE-2016-5696).
 */
public final class ChallengeAckLimiter {
    /** Challenge ACKs allowed in any {@link #WINDOW_NS}. */
    public static final int BURST = 10;
    /** The window in nanoseconds. */
    public static final long WINDOW_NS = 5_000_000_000L;

    /** When the last {@link #BURST} were sent, made with the first: most connections never send one. */
    private long[] sentNs = NONE;

    private int sent;

    private static final long[] NONE = {};

    /** Whether a challenge ACK may go out now; if so it is counted. */
    public boolean permit(long nowNs) {
        if (sentNs.length == 0) {
            sentNs = new long[BURST];
        }
        int slot = sent % BURST;
        if (sent >= BURST && nowNs - sentNs[slot] < WINDOW_NS) {
            return false;
        }
        sentNs[slot] = nowNs;
        sent = sent + 1 == 2 * BURST ? BURST : sent + 1;
        return true;
    }
}
