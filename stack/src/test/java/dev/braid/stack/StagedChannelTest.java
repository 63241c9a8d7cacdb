package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.socket.StreamProtocol;

/** Three threads, super-frames. */
class StagedChannelTest extends ChannelContract {
    StagedChannelTest() {
        super(Threads.STAGED, TwoStacks.ALL_OFFLOADS, StreamProtocol.TCP, 64 << 20);
    }
}
