package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.socket.StreamProtocol;

/** One thread, super-frames. */
class InlineChannelTest extends ChannelContract {
    InlineChannelTest() {
        super(Threads.INLINE, TwoStacks.ALL_OFFLOADS, StreamProtocol.TCP, 64 << 20);
    }
}
