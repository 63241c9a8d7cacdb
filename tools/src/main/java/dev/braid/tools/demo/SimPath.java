package dev.braid.tools.demo;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.LinkTap;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.tools.testbed.PathSpec;
import java.util.List;

/** One of the simulated links between the demo's client and its server, and when it brought how much to either end. */
final class SimPath {
    private static final long DELAY_NS = 1_000_000;
    private static final int QUEUE_BYTES = 256 << 10;
    private static final int MTU = 1500;
    private static final int ETHERNET_HEADER = 14;

    private final PathSpec spec;
    private final int device;
    private final SimPort port;
    private final ArrivalLog in = new ArrivalLog();
    private final ArrivalLog out = new ArrivalLog();

    /** Joins device {@code device} of both hosts. */
    SimPath(PathSpec spec, int device, SimNetwork network, SimNode client, SimNode server) {
        this.spec = spec;
        this.device = device;
        // IP packets go over the link; the nominal rate counts the Ethernet header of each as well.
        LinkConfig link = LinkConfig.PERFECT
                .rate((long) spec.mbit() * 1_000_000 * MTU / (MTU + ETHERNET_HEADER))
                .delay(DELAY_NS)
                .queue(QUEUE_BYTES);
        port = network.join(client, device, server, device, link, link);
        port.in().tap((SimLink from, Frame frame, LinkTap.Fate fate, long nowNs) -> note(in, frame, fate, nowNs));
        port.out().tap((SimLink from, Frame frame, LinkTap.Fate fate, long nowNs) -> note(out, frame, fate, nowNs));
    }

    private static void note(ArrivalLog log, Frame frame, LinkTap.Fate fate, long nowNs) {
        if (fate == LinkTap.Fate.ARRIVED) {
            log.add(nowNs, frame.length());
        }
    }

    String name() {
        return spec.name();
    }

    int device() {
        return device;
    }

    /** The client's end, or the server's, which is reached at its first address by every link, as if by routers. */
    Link link(boolean client) {
        Prefix own = address(client);
        List<Prefix> all = client || device == 0
                ? List.of(own)
                : List.of(own, new Prefix(address(0, false).address(), 32));
        return new Link(device, spec.name(), all, MTU, 0);
    }

    /** The address of the client, or of the server. */
    Prefix address(boolean client) {
        return address(device, client);
    }

    private static Prefix address(int device, boolean client) {
        return Prefix.parse("10." + (77 + device) + ".0." + (client ? 2 : 1) + "/24");
    }

    /** What arrived by it at the end that a transfer goes to. */
    ArrivalLog carried(Direction direction) {
        return direction == Direction.DOWNLOAD ? in : out;
    }

    /** Takes it away. */
    void pull(Pull how, StackCore client, long nowNs) {
        switch (how) {
            case SILENCE -> cut(nowNs);
            case DOWN -> {
                cut(nowNs);
                client.onDevice(device, false, MTU, nowNs);
            }
            case ADDRESS -> client.onAddresses(device, List.of(), nowNs);
            case NONE -> {}
        }
    }

    private void cut(long nowNs) {
        port.in().cut(nowNs);
        port.out().cut(nowNs);
    }

    /** Gives it back. */
    void giveBack(Pull how, StackCore client, long nowNs) {
        switch (how) {
            case SILENCE -> mend();
            case DOWN -> {
                mend();
                client.onDevice(device, true, MTU, nowNs);
            }
            case ADDRESS -> client.onAddresses(device, List.of(address(true)), nowNs);
            case NONE -> {}
        }
    }

    private void mend() {
        port.in().mend();
        port.out().mend();
    }
}
