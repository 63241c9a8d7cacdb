package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;

/** One thread, super-frames. */
class InlineChannelTest extends ChannelContract {
    InlineChannelTest() {
        super(Threads.INLINE, TwoStacks.ALL_OFFLOADS, 64 << 20);
    }
}
