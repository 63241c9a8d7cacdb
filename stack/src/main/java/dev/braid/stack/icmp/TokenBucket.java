package dev.braid.stack.icmp;

import dev.braid.stack.core.Entropy;

/**
 * Lets so many events per second pass in the long run and so many at once (RFC 4443 section 2.4 (f)).
 *
 * <p>Each event costs nothing, one or two tokens by chance, one on average: an exact count would let an outsider find out,
 * through the errors that stay away, what others made us send (CVE-2020-25705).
 */
final class TokenBucket {
    private static final long SECOND_NS = 1_000_000_000L;

    private final Entropy entropy;
    /** The bucket as the time at which it will be full again. */
    private long fullAtNs;
    private boolean touched;

    TokenBucket(Entropy entropy) {
        this.entropy = entropy;
    }

    /** Whether one more event may pass by these limits, which may be others each time. */
    boolean tryTake(int perSecond, int burst, long nowNs) {
        if (perSecond == 0 || burst == 0) {
            return false;
        }
        long intervalNs = SECOND_NS / perSecond;
        long depthNs = intervalNs * burst;
        if (!touched || fullAtNs - nowNs < 0) {
            touched = true;
            fullAtNs = nowNs;
        }
        if (fullAtNs - nowNs + intervalNs > depthNs) {
            return false;
        }
        fullAtNs += intervalNs * Long.remainderUnsigned(entropy.nextLong(), 3);
        return true;
    }
}
