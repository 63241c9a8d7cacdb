package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;

/** Three threads, super-frames. */
class StagedChannelTest extends ChannelContract {
    StagedChannelTest() {
        super(Threads.STAGED, TwoStacks.ALL_OFFLOADS, 64 << 20);
    }
}
