package dev.braid.stack;

import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.socket.StreamProtocol;

/** Three threads over a device that cuts and joins nothing: the pipeline does. */
class SmallFramesChannelTest extends ChannelContract {
    SmallFramesChannelTest() {
        super(Threads.STAGED, 0, StreamProtocol.TCP, 8 << 20);
    }
}
