package dev.braid.stack.udp;

import dev.braid.fastpath.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One moment of a socket that has a port.
 *
 * @param local the address it is bound to, or its connection's; :: for all of both versions
 * @param localPort the port
 * @param remote the only one that it sends to and hears of; {@code null} when it is not connected
 * @param remotePort that one's port; 0 when it is not connected
 * @param receiveMemory what the datagrams that wait pin, bytes of true size
 * @param receiveBuffer the most that they may pin
 * @param drops datagrams that found no room
 */
public record UdpInfo(
        IpAddress local,
        int localPort,
        @Nullable IpAddress remote,
        int remotePort,
        int receiveMemory,
        int receiveBuffer,
        long drops) {}
