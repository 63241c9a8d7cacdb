package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import java.util.HashMap;
import java.util.Map;

/** The middle of the network, where all paths meet: passes every packet on by its destination, and drops what it has no way for. */
public final class Junction implements FrameProcessor {
    private final SimNode node;
    private final Map<IpAddress, Integer> ports = new HashMap<>();

    /** What joins all paths that end at the ports of this node. */
    public Junction(SimNode node) {
        this.node = node;
        node.attach(this);
    }

    /** Packets to this address leave by this port from now on. */
    public void route(IpAddress to, int port) {
        ports.put(to, port);
    }

    @Override
    public void onFrame(Frame frame, long nowNs) {
        long ip = frame.data();
        IpAddress to = Ipv4.version(ip) == 4
                ? IpAddress.ofIpv4(Ipv4.dst(ip))
                : new IpAddress(Ipv6.dstHi(ip), Ipv6.dstLo(ip));
        Integer port = ports.get(to);
        if (port == null) {
            frame.release();
        } else {
            node.transmit(frame.device(port));
        }
    }

    @Override
    public void onDevice(int device, boolean up, int mtu, long nowNs) {
        // Its links are never down, only what goes over them is lost.
    }

    @Override
    public void onDeadline(long nowNs) {
        // It waits for nothing.
    }

    @Override
    public int flush(long nowNs) {
        return 0;
    }

    @Override
    public long nextDeadlineNs() {
        return Deadlines.NONE;
    }
}
