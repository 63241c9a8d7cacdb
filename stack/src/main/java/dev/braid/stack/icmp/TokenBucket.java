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
    private final long intervalNs;
    private final long depthNs;
    /** The bucket as the time at which it will be full again. */
    private long fullAtNs;
    private boolean touched;

    TokenBucket(int perSecond, int burst, Entropy entropy) {
        this.entropy = entropy;
        this.intervalNs = perSecond == 0 ? Long.MAX_VALUE : SECOND_NS / perSecond;
        this.depthNs = perSecond == 0 ? 0 : intervalNs * burst;
    }

    boolean tryTake(long nowNs) {
        if (depthNs == 0) {
            return false;
        }
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
