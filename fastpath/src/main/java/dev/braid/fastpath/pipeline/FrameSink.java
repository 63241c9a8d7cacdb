package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.frame.Frame;

/** The next stage, as the one before it sees it: the stage itself on the same thread, or a ring towards its thread. */
interface FrameSink {
    /** How many more frames it takes now; a stage that reads does not read more. */
    int room();

    /** Takes a frame over. */
    void accept(Frame frame, long nowNs);

    /** Says that no more frames come in this duty cycle, so that a sleeper is woken once for all of them. */
    void endOfBatch();
}
