package dev.braid.stack.mptcp.path;

import java.util.List;

/** What a path manager may know of its connection and host. Live: it shows the present whenever it is asked. Core thread only. */
public interface PathView {
    /** The connection's token at this end: what people and event lines name it by. */
    int token();

    /** Whether the peer opened the connection. */
    boolean serverSide();

    /** Whether more subflows may be added: both ends have proved Multipath TCP and there was no fallback. */
    boolean established();

    /**
     * Whether subflows may be opened now: where the peer opened the connection, not before its first DSS or MP_CAPABLE with data (RFC 8684
     * section 3.1). {@link PathEvent.MayOpen} tells when.
     */
    boolean mayOpen();

    /**
     * Whether the peer forbids joins to the address and port the connection began with: by flag C (RFC 8684 section 3.1), or because it
     * took that address back.
     */
    boolean remoteDeniesInitialAddress();

    /** Payload bytes given to subflows so far, each counted once. */
    long sent();

    /** Payload bytes that came so far, in order. */
    long received();

    /** Bytes that the program wrote and no subflow was given yet: what subflows have no room for, mostly. */
    long queued();

    /** How many subflows there are, those that are still being opened included. */
    int subflows();

    /** One of them, 0..{@link #subflows()} - 1, in the order of their numbers. */
    PathSubflow subflow(int index);

    /** The peer's address and port that the connection began with: identifier 0. Stays when that subflow is gone. */
    RemoteAddress initialRemote();

    /** This end's address that the connection began with: identifier 0. */
    LocalAddress initialLocal();

    /** The addresses the peer announced and did not take back, in order of arrival. A snapshot. */
    List<RemoteAddress> remoteAddresses();

    /** What this end announced and did not withdraw. A snapshot. */
    List<Announcement> announcements();

    /** This host's addresses on links that are up. A snapshot. */
    List<LocalAddress> localAddresses();

    /** The host's endpoints and limits. */
    Endpoints endpoints();

    /** The identifier of a local address for this connection: 0 for the one it began with, else as the host's table has it. */
    int localId(LocalAddress address);
}
