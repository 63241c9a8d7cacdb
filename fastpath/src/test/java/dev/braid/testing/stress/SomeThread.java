package dev.braid.testing.stress;

import dev.braid.fastpath.frame.PoolOwners;

/** An owner of a frame pool that is whichever thread said so last: a stress test's threads are not known before. */
public final class SomeThread implements PoolOwners {
    private volatile Thread owner;

    /** The calling thread owns the pool from now on. */
    public void isHere() {
        owner = Thread.currentThread();
    }

    @Override
    public boolean takesHere() {
        return Thread.currentThread().equals(owner);
    }

    @Override
    public boolean countsHere() {
        return takesHere();
    }

    @Override
    public boolean areTwo() {
        return false;
    }
}
