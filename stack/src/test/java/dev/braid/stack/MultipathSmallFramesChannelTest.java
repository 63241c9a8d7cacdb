package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.socket.StreamProtocol;

/** Channels over Multipath TCP, three threads over a device that cuts and joins nothing: the pipeline does. */
class MultipathSmallFramesChannelTest extends ChannelContract {
    MultipathSmallFramesChannelTest() {
        super(Threads.STAGED, 0, StreamProtocol.MPTCP, 8 << 20);
    }
}
