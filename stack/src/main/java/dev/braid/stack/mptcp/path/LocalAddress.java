package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;

/**
 * An address of this host.
 *
 * @param link the index of the link that has it; -1 = whichever does
 */
public record LocalAddress(IpAddress address, int link) {}
