package dev.braid.testing.stress;

/** Tells a sleep that somebody ended from one that lasted to its end: the sign of a lost wake-up. */
public final class Patience {
    /** How long a sleeper waits to be woken: far longer than the busiest machine keeps a thread from running. */
    public static final long NS = 5_000_000_000L;

    private Patience() {}

    /** Whether the sleep lasted for {@link #NS}. */
    public static boolean spentOn(Runnable sleep) {
        long began = System.nanoTime();
        sleep.run();
        return System.nanoTime() - began >= NS;
    }
}
