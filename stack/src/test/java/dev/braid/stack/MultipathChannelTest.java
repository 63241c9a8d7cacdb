package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.socket.StreamProtocol;

/** Channels promise the same over Multipath TCP: one thread, super-frames. */
class MultipathChannelTest extends ChannelContract {
    MultipathChannelTest() {
        super(Threads.INLINE, TwoStacks.ALL_OFFLOADS, StreamProtocol.MPTCP, 64 << 20);
    }
}
