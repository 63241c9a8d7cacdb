package dev.braid.stack.jfr;

import dev.braid.stack.mptcp.MptcpObserver;
import dev.braid.stack.tcp.ConnectionObserver;

/**
 * Who hears what happens in a core while a recording runs.
 *
 * @param connections of TCP's connections
 * @param multipath of Multipath TCP's
 */
public record Observers(ConnectionObserver connections, MptcpObserver multipath) {}
