package dev.braid.fastpath.sim;

/**
 * A small seeded generator that splits: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
 *
 * <p>Equal seeds give equal numbers on every machine. Not for secrets. One thread.
 */
public final class SplitMix64 {
    private static final long GOLDEN_GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private long state;

    /** A generator that starts at {@code seed}; every value is a good seed. */
    public SplitMix64(long seed) {
        state = seed;
    }

    /** The number that belongs to {@code index} under {@code seed}: a hash, so that the order of asking does not matter. */
    public static long at(long seed, long index) {
        return mix(seed + index * GOLDEN_GAMMA);
    }

    /** Whether a draw of {@link #at} falls under {@code probability}, 0..1. */
    public static boolean chance(long draw, double probability) {
        return (draw >>> 11) * 0x1.0p-53 < probability;
    }

    /** The next 64 random bits. */
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /**
     * A number from 0 to {@code bound - 1}; for bounds far below 2^32 the bias is below what a test could see.
     *
     * @param bound at least 1
     */
    public int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** A number from {@code low} to {@code high}, both included. */
    public int between(int low, int high) {
        return low + nextInt(high - low + 1);
    }

    /** True with this probability, 0..1. */
    public boolean chance(double probability) {
        return chance(nextLong(), probability);
    }

    /** A generator of its own, whose numbers do not depend on how many this one hands out from now on. */
    public SplitMix64 split() {
        return new SplitMix64(mix(nextLong() ^ 0x5851_f42d_4c95_7f2dL));
    }

    /** David Stafford's variant 13 of the MurmurHash3 finaliser. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }
}
