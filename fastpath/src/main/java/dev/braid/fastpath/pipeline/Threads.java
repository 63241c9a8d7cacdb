package dev.braid.fastpath.pipeline;

/** Which stages of a pipeline share a thread. */
public enum Threads {
    /** One thread runs a frame through all stages to completion. Best on few cores, and with super-frames. */
    INLINE,
    /** Receive, protocol and transmit on threads of their own. Helps where frames are small and cores are spare. */
    STAGED,
    /** No thread: the caller drives the duty cycle. For tests and embedding. */
    INVOKED
}
