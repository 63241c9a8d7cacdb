package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.frame.PoolOwners;

/**
 * The threads that own a frame pool.
 *
 * @param taker takes frames, and releases those it has not passed on
 * @param counter owns every frame passed on
 */
record OwnerThreads(Thread taker, Thread counter) implements PoolOwners {
    @Override
    public boolean takesHere() {
        return isHere(taker);
    }

    @Override
    public boolean countsHere() {
        return isHere(counter);
    }

    @Override
    public boolean areTwo() {
        return !taker.equals(counter);
    }

    @SuppressWarnings("ReferenceEquality") // one test on the path of every frame; a thread equals nothing but itself
    private static boolean isHere(Thread thread) {
        return Thread.currentThread() == thread;
    }
}
