package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.IpAddress;

/**
 * One moment of a port in LISTEN.
 *
 * @param local the address listened on; :: for all
 * @param port the port
 * @param acceptable established connections that wait to be accepted
 * @param halfOpen connections between SYN and third ACK
 * @param backlog the most that may wait to be accepted
 * @param upper whether connections of a protocol above TCP are taken too
 */
public record ListenerInfo(
        IpAddress local, int port, int acceptable, int halfOpen, int backlog, boolean upper) {}
