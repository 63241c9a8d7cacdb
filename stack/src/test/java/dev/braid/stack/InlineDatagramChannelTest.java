package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;

/** One thread. */
class InlineDatagramChannelTest extends DatagramChannelContract {
    InlineDatagramChannelTest() {
        super(Threads.INLINE);
    }
}
