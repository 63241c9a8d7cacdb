package dev.braid.fastpath.frame;

/**
 * Knows the threads that own a {@link FramePool}, so that frames themselves need not know of threads: one takes frames and
 * releases those it has not passed on; one owns every frame passed on, counts its references and frees it. Both may be the same.
 */
public interface PoolOwners {
    /** Whether the calling thread is the one that takes. */
    boolean takesHere();

    /** Whether the calling thread is the one that counts references and calls {@link FramePool#welcomeHome}. */
    boolean countsHere();

    /** Whether they are different threads. */
    boolean areTwo();
}
