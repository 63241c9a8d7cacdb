package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;

/**
 * An address of this host and what it may be used for, as {@code ip mptcp endpoint}.
 *
 * @param id what every connection tells its peer this address by, 1..255
 * @param port what peers may connect to there; 0 = the port their connection began with
 * @param flags an OR of the constants here, whose values are Linux's
 * @param link the index of the link it is bound to; -1 = whichever has the address
 */
public record Endpoint(int id, IpAddress address, int port, int flags, int link) {
    /** Is announced to the peer. */
    public static final int SIGNAL = 1;
    /** Subflows are opened from it. */
    public static final int SUBFLOW = 1 << 1;
    /** Its subflows are used only where no other path is. */
    public static final int BACKUP = 1 << 2;
    /** Subflows go from it to every address of the peer. */
    public static final int FULLMESH = 1 << 3;
    /** Nobody configured it: a peer's join made it, so that the address has an identifier. */
    public static final int IMPLICIT = 1 << 4;
    /** Is a source for subflows to addresses that the peer announces, and for no other. */
    public static final int LAMINAR = 1 << 5;
    /** Came with a link's address and goes with it; serves connections that this host opens. Braid's own. */
    public static final int AUTOMATIC = 1 << 16;
    /** Where {@link OverflowManager} looks after the connection: a backup that is none while the connection moves much. Braid's own. */
    public static final int OVERFLOW = 1 << 17;

    /** @throws IllegalArgumentException when a number is out of range */
    public Endpoint {
        if (id < 1 || id > 255 || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("endpoint " + id + " port " + port);
        }
    }

    /** Whether one of these flags is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** With other flags. */
    public Endpoint withFlags(int changed) {
        return new Endpoint(id, address, port, changed, link);
    }

    /** Where subflows from it start. */
    public LocalAddress local() {
        return new LocalAddress(address, link);
    }
}
