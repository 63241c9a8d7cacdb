package dev.braid.fastpath.sim;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;

/** One device of a node: the link that leaves by it and the one that arrives at it. */
public final class SimPort {
    private final SimNode node;
    private final int device;
    private final SimLink out;
    private final SimLink in;
    private FrameOutput wire = packet -> {
        throw new IllegalStateException("the port is not joined");
    };
    private long moderationNs;
    private boolean coalesces;

    SimPort(SimNode node, int device, SimLink out, SimLink in) {
        this.node = node;
        this.device = device;
        this.out = out;
        this.in = in;
    }

    /** The node it belongs to. */
    public SimNode node() {
        return node;
    }

    /** Its index among the node's devices. */
    public int device() {
        return device;
    }

    /** The link that leaves by it. */
    public SimLink out() {
        return out;
    }

    /** The link that arrives at it. */
    public SimLink in() {
        return in;
    }

    /**
     * Hands packets over only at multiples of an interval, as a NIC moderates its interrupts, so that several arrive together
     * and can be coalesced.
     *
     * @param intervalNs nanoseconds, 0 for at once
     */
    public SimPort moderation(long intervalNs) {
        moderationNs = intervalNs;
        return this;
    }

    /** Joins packets of one flow that arrive together into super-frames, as a device with TSO hands them over. */
    public SimPort coalescing(boolean on) {
        coalesces = on;
        return this;
    }

    boolean coalesces() {
        return coalesces;
    }

    void wire(FrameOutput output) {
        wire = output;
    }

    FrameOutput wire() {
        return wire;
    }

    long nextArrivalNs() {
        long due = in.nextDeadlineNs();
        if (moderationNs == 0 || due == Deadlines.NONE) {
            return due;
        }
        return Math.ceilDiv(due, moderationNs) * moderationNs;
    }
}
