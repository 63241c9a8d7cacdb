package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.scheduler.SubflowView;

/** What a path manager may know of a subflow: what schedulers see, and where it goes from and to. Core thread only. */
public interface PathSubflow extends SubflowView {
    /** This end's address. */
    IpAddress localAddress();

    /** This end's port. */
    int localPort();

    /** The peer's address. */
    IpAddress remoteAddress();

    /** The peer's port. */
    int remotePort();

    /**
     * How long the path takes there and back by the last answer to {@link PathCommands#measure}, or takes already while one is late; the
     * smoothed round trip where there was none. Nanoseconds; 0 before the first sample.
     */
    long roundTripNs(long nowNs);

    /** Whether this end opened it. */
    boolean initiated();

    /** Whether it is, or was, established: its handshake is through. */
    boolean established();

    /** Whether it is ending, by this end's will, or gone: it is no path any more. */
    boolean closing();

    /** Whether this end's path managers want it as a backup; {@link #backup} says whether it is one. */
    boolean localBackup();

    /** Whether the peer wants it as a backup. */
    boolean remoteBackup();
}
