package dev.braid.stack.core;

/**
 * Where the core's random bits come from: the one source of unpredictability it has, so that a run with a seeded source
 * repeats exactly. Called on the core's thread.
 */
@FunctionalInterface
public interface Entropy {
    /** 64 bits that nobody outside can predict; in a simulation, the next 64 of a seeded sequence. */
    long nextLong();
}
