package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.TcpFailure;
import org.jspecify.annotations.Nullable;

/** What a path manager hears of. */
public sealed interface PathEvent {
    /** The manager was put on a connection that is established already: what a successor hears in place of {@link Established}. */
    record Attached() implements PathEvent {}

    /** Both ends have proved that they speak Multipath TCP (RFC 8684 section 3.1). {@link PathView#mayOpen} may still have to come. */
    record Established() implements PathEvent {}

    /** Subflows may be opened from now on, which they might not at {@link Established}. */
    record MayOpen() implements PathEvent {}

    /** An added subflow carries data from now on; {@link PathSubflow#initiated()} says who opened it. */
    record SubflowEstablished(PathSubflow subflow) implements PathEvent {}

    /**
     * A subflow is gone, or never came to be. It is in the view no more.
     *
     * @param failure why; {@code null} after a close in good order
     * @param reset what the peer said of its reset; {@code null} = nothing, or there was none
     */
    record SubflowClosed(PathSubflow subflow, @Nullable TcpFailure failure, @Nullable PeerReset reset)
            implements
                PathEvent {}

    /** The subflow fell silent while others did not. */
    record SubflowSilent(PathSubflow subflow) implements PathEvent {}

    /** A silent subflow answered. */
    record SubflowAnswered(PathSubflow subflow) implements PathEvent {}

    /** One end wants another priority of the subflow (MP_PRIO). */
    record PriorityChanged(PathSubflow subflow) implements PathEvent {}

    /**
     * The peer announced an address, its HMAC proved (ADD_ADDR). Told once per identifier, and again when the port changed or the peer
     * refreshed it on its own account.
     */
    record AddressAnnounced(RemoteAddress address) implements PathEvent {}

    /** The peer took an address back (REMOVE_ADDR): it must not be connected to any more. */
    record AddressRemoved(RemoteAddress address) implements PathEvent {}

    /** The peer has an announcement of ours: its echo came. */
    record AnnouncementEchoed(Announcement announcement) implements PathEvent {}

    /** The peer echoed an announcement not at all: it is not repeated any more. */
    record AnnouncementUnheard(Announcement announcement) implements PathEvent {}

    /** A link of this host got an address. */
    record LocalAddressAdded(LocalAddress address) implements PathEvent {}

    /** A link of this host lost an address: nothing can be sent from it any more. */
    record LocalAddressRemoved(LocalAddress address) implements PathEvent {}

    /** A link of this host came up or went down, with all its addresses. */
    record LinkChanged(int link, boolean up) implements PathEvent {}

    /** What is in the way of a link may have forgotten the subflows over it, as NATs do while a host sleeps. */
    record LinkDoubted(int link) implements PathEvent {}

    /** An endpoint was added to the host's table. */
    record EndpointAdded(Endpoint endpoint) implements PathEvent {}

    /** An endpoint was taken from the host's table. */
    record EndpointRemoved(Endpoint endpoint) implements PathEvent {}

    /** This address is not to be used any more by connections that began with it, where its identifier is 0. */
    record InitialAddressRemoved(IpAddress address) implements PathEvent {}

    /** An endpoint's flags changed; address, port and identifier never do. */
    record EndpointChanged(Endpoint before, Endpoint after) implements PathEvent {}

    /** The host's limits changed. */
    record LimitsChanged() implements PathEvent {}

    /** The time has come that this manager asked for with {@link PathCommands#wakeAt}. */
    record Woken() implements PathEvent {}
}
