package dev.braid.stack.core;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBoundsException;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.ip.IpInput;
import dev.braid.stack.ip.IpOutput;
import dev.braid.stack.ip.PathMtu;
import dev.braid.stack.ip.Routes;
import dev.braid.stack.mptcp.MptcpLayer;
import dev.braid.stack.socket.Sockets;
import dev.braid.stack.tcp.TcpLayer;
import dev.braid.stack.timer.TimerWheel;
import dev.braid.stack.timer.WheelEntry;
import dev.braid.stack.udp.UdpLayer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole stack without thread, clock, randomness or I/O: frames, application calls and expired deadlines come in, frames,
 * events and one next deadline go out.
 *
 * <p>Application calls enter through {@link #sockets()}, followed by {@link #flush}. Nothing that arrives makes a method here
 * throw: a frame whose offsets lie is dropped as {@code DropBounds}, and a defect of the stack costs the input it happened
 * in, is counted and reported, and no more.
 *
 * <p>One thread at a time. Times are nanoseconds of any monotonic clock within 2^62 of zero; they never go back.
 */
public final class StackCore implements FrameProcessor {
    /** Before every time a clock can show, so that a wheel need not know when it was made. */
    private static final long BEFORE_ALL_NS = Long.MIN_VALUE / 2;

    /** More than any chain of events between two layers needs: what is left over is done in the next flush. */
    private static final int MAX_ROUNDS = 16;

    private final CoreCounters counters;
    private final Tunables tunables;
    private final Routes routes;
    private final TimerWheel wheel;
    private final IpInput input;
    private final IpOutput output;
    private final TcpLayer tcp;
    private final MptcpLayer mptcp;
    private final UdpLayer udp;
    private final Sockets sockets;
    private DefectHook defectHook = (during, defect) -> {};
    private long flushed;
    private boolean closed;

    /**
     * A core over these links.
     *
     * @param initial the tunables to begin with, of which the core takes a copy
     * @param links one per device, each with the index that the device's frames carry
     * @param frames where frames to be sent are taken from; this thread's, as the frames that arrive are when they end here
     * @param chunks where payload to be sent is kept
     * @param counters gets the core's counters
     * @param entropy the one source of random bits
     * @param frameOutput takes every frame that is to leave, on this thread, in the middle of an input or flush
     * @throws IllegalArgumentException when a tunable is outside its range, naming it
     */
    public StackCore(
            CoreConfig initial,
            List<Link> links,
            FramePool frames,
            ChunkPool chunks,
            Counters counters,
            Entropy entropy,
            FrameOutput frameOutput) {
        CoreConfig config = initial.copy();
        this.tunables = new Tunables(config);
        tunables.requireInRange();
        this.counters = new CoreCounters(counters);
        this.routes = new Routes(links);
        this.wheel = new TimerWheel(BEFORE_ALL_NS);
        this.output = new IpOutput(routes, new PathMtu(config, wheel), frames, this.counters, entropy, frameOutput);
        this.tcp = new TcpLayer(config, output, wheel, frames, counters, entropy);
        this.mptcp = new MptcpLayer(config.mptcp, tcp, wheel, frames, counters, entropy);
        tcp.upperProtocol(mptcp);
        for (Link link : links) {
            if (isOwn(link)) {
                link.addresses().forEach(prefix -> mptcp.hostPaths().addressAdded(prefix.address(), link.index()));
            }
        }
        var transports = new Transports(config, this.counters, frames, output, entropy, tcp);
        this.udp = transports.udp();
        this.input = new IpInput(config, routes, frames, this.counters, wheel, transports);
        this.sockets = new Sockets(tcp, mptcp, udp, chunks, wheel, routes::owns);
    }

    /** The sockets: how applications call in. Each call, or batch of calls, is followed by {@link #flush}. */
    public Sockets sockets() {
        return sockets;
    }

    /** TCP, for whoever plugs in above it. */
    public TcpLayer tcp() {
        return tcp;
    }

    /** Multipath TCP, for diagnostics. */
    public MptcpLayer mptcp() {
        return mptcp;
    }

    /** UDP, for diagnostics. */
    public UdpLayer udp() {
        return udp;
    }

    /** IP output, for diagnostics and protocols of one's own. */
    public IpOutput ip() {
        return output;
    }

    /** The tunables, live. */
    public Tunables tunables() {
        return tunables;
    }

    /** The core's counters. */
    public CoreCounters counters() {
        return counters;
    }

    /** Names who hears of defects; nobody does at first. */
    public void reportDefectsTo(DefectHook hook) {
        defectHook = hook;
    }

    /** Deadlines that are pending, for leak checks. */
    public int deadlines() {
        return wheel.size();
    }

    /** Datagrams that wait for fragments, for leak checks. */
    public int incompleteDatagrams() {
        return input.reassembly().datagrams();
    }

    @Override
    public void onFrame(Frame frame, long nowNs) {
        if (closed) {
            frame.drop(counters.dropClosed);
            return;
        }
        // In staged mode the receiving thread stamped it already, when it really arrived.
        if (frame.arrivalNs() == 0) {
            frame.arrivalNs(nowNs);
        }
        try {
            input.receive(frame, nowNs);
        } catch (FrameBoundsException e) {
            dropHeld(counters.dropBounds);
        } catch (RuntimeException defect) {
            dropHeld(counters.dropInternalError);
            defectHook.onDefect("a frame's arrival", defect);
        }
    }

    /**
     * Accounts for the frame of an input that failed: dropped when IP still has it. When a transport has taken it, it may be
     * queued anywhere, and is left to its owner: a frame lost to a defect is better than one released twice.
     */
    private void dropHeld(Counter reason) {
        Frame frame = input.takeHeld();
        if (frame == null) {
            reason.increment();
        } else {
            frame.drop(reason);
        }
    }

    @Override
    public void onDevice(int device, boolean up, int mtu, long nowNs) {
        Link link = routes.link(device);
        if (link != null) {
            link.changed(up, mtu);
            mptcp.hostPaths().linkChanged(device, link.up());
        }
    }

    /**
     * The network behind a device carries packets, or does so no more. Stands beside the device's own state: the link is up when both are.
     *
     * @param device the link's index; one there is none of is ignored
     */
    public void onCarried(int device, boolean carried, long nowNs) {
        Link link = routes.link(device);
        if (link != null) {
            link.carried(carried);
            mptcp.hostPaths().linkChanged(device, link.up());
        }
    }

    /**
     * A link's addresses changed. Connections from an address that is gone can send no more; what else they do about it is their path
     * managers' affair. Takes full effect in the next {@link #flush}.
     *
     * @param device the link's index; one there is none of is ignored
     * @param all the addresses that the link has from now on
     */
    public void onAddresses(int device, List<Prefix> all, long nowNs) {
        Link link = routes.link(device);
        if (link == null) {
            return;
        }
        List<Prefix> before = link.addresses();
        link.addresses(all);
        if (!isOwn(link)) {
            return;
        }
        for (Prefix prefix : before) {
            if (!link.owns(prefix.address().hi(), prefix.address().lo())) {
                mptcp.hostPaths().addressRemoved(prefix.address(), device);
            }
        }
        // Those that were there before are known already.
        all.forEach(prefix -> mptcp.hostPaths().addressAdded(prefix.address(), device));
    }

    /** The link of a device, {@code null} when there is none. Its addresses change with {@link #onAddresses}. */
    public @Nullable Link link(int device) {
        return routes.link(device);
    }

    /** Whether the link's addresses are the host's, not those of a captured namespace. */
    private static boolean isOwn(Link link) {
        return link.scope() == Link.DEFAULT_SCOPE && !link.capture();
    }

    @Override
    public void onDeadline(long nowNs) {
        // Bounded, should an owner ask for the past again and again: what is left over is due at the next call.
        for (int left = wheel.size() + 1; left > 0; left--) {
            WheelEntry entry = wheel.poll(nowNs);
            if (entry == null) {
                return;
            }
            try {
                entry.owner().onDeadline(nowNs);
            } catch (RuntimeException defect) {
                counters.dropInternalError.increment();
                defectHook.onDefect("a deadline", defect);
            }
        }
    }

    @Override
    public int flush(long nowNs) {
        try {
            // Sending may bring up work of connections, as the end of a subflow does, and that work may make more due.
            for (int rounds = 0; rounds == 0 || (mptcp.hasWork() && rounds < MAX_ROUNDS); rounds++) {
                mptcp.flush(nowNs);
                tcp.flush(nowNs);
            }
        } catch (RuntimeException defect) {
            counters.dropInternalError.increment();
            defectHook.onDefect("a flush", defect);
        }
        long before = flushed;
        flushed = output.sent();
        return (int) (flushed - before);
    }

    @Override
    public long nextDeadlineNs() {
        return wheel.nextDeadlineNs();
    }

    /**
     * Aborts every connection, closes every listener, releases every frame and chunk the core holds, and takes no more frames.
     * Resets leave through the output during the call.
     */
    public void close(long nowNs) {
        if (closed) {
            return;
        }
        try {
            mptcp.close(nowNs);
            tcp.close(nowNs);
            udp.close();
        } catch (RuntimeException defect) {
            counters.dropInternalError.increment();
            defectHook.onDefect("closing", defect);
        }
        flush(nowNs);
        input.reassembly().close();
        closed = true;
    }
}
