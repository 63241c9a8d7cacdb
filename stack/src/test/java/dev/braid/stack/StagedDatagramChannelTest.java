package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;

/** Three threads. */
class StagedDatagramChannelTest extends DatagramChannelContract {
    StagedDatagramChannelTest() {
        super(Threads.STAGED);
    }
}
