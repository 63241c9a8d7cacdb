package dev.braid.tools.kernel.mptcp;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.emu.LinkPlan;
import dev.braid.tools.kernel.ImpairedBed;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A client and a server on a link with a box that edits segments; one of the two is the kernel, or both are. */
final class BoxBetween implements AutoCloseable {
    private static final LinkConfig LINK = LinkConfig.PERFECT.delay(TimeUnit.MILLISECONDS.toNanos(2));
    private static final long SEED = 42;

    /** Who talks to whom. */
    enum Pair {
        KERNELS,
        BRAID_IS_CLIENT,
        BRAID_IS_SERVER
    }

    private final ImpairedBed bed;
    final Host client;
    final Host server;

    BoxBetween(Pair pair, SegmentEdit towardsServer, SegmentEdit towardsClient) throws IOException {
        // Braid is near, and so is one of two kernels.
        boolean clientIsNear = pair != Pair.BRAID_IS_SERVER;
        SegmentEdit towardsFar = clientIsNear ? towardsServer : towardsClient;
        SegmentEdit towardsNear = clientIsNear ? towardsClient : towardsServer;
        bed = ImpairedBed.start(LinkPlan.symmetric(LINK, SEED).edits(towardsFar, towardsNear),
                stack -> stack.protocol(StreamProtocol.MPTCP));
        Host far = new KernelHost(bed.far(), 1, 9);
        Host near = pair == Pair.KERNELS ? new KernelHost(bed.near(), 1, 8) : new BraidHost(bed.stack());
        client = clientIsNear ? near : far;
        server = clientIsNear ? far : near;
    }

    @Override
    public void close() {
        bed.close();
    }
}
