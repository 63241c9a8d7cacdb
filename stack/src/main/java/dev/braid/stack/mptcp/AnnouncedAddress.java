package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.Announcement;

/** An address that this end announces to the peer: until the echo comes it is said again. */
final class AnnouncedAddress {
    final int id;
    final IpAddress address;
    final int port;
    boolean echoed;
    /** Nobody is to hear of it any more: withdrawn, or replaced. */
    boolean gone;
    /** Its identifier was taken back a moment ago: see {@link WithdrawnIds}. */
    boolean held;
    /** In a queue, not on the wire yet. */
    boolean waiting;

    int retransmissions;
    long deadlineNs = Deadlines.NONE;

    AnnouncedAddress(int id, IpAddress address, int port) {
        this.id = id;
        this.address = address;
        this.port = port;
    }

    boolean is(int otherId, long hi, long lo, int otherPort) {
        return id == otherId && port == otherPort && address.hi() == hi && address.lo() == lo;
    }

    Announcement snapshot() {
        return new Announcement(id, address, port, echoed);
    }
}
