package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;

/**
 * An address of the peer.
 *
 * @param id what the peer calls it, 0 = the one the connection began with
 * @param port where to connect; 0 = the peer named none, so the port the connection began with (RFC 8684 section 3.4.1)
 */
public record RemoteAddress(int id, IpAddress address, int port) {}
