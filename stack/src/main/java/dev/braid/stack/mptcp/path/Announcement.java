package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;

/**
 * An address that this end announced.
 *
 * @param port 0 = none was named
 * @param echoed whether the peer said that it has it
 */
public record Announcement(int id, IpAddress address, int port, boolean echoed) {}
