package dev.braid.stack.nio;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.socket.StreamSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The two ends of a connection as numbers, two halves each with IPv4 mapped; a port of 0 means there is none yet. */
record Endpoints(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort) {
    static Endpoints of(StreamSocket socket) {
        return new Endpoints(
                socket.facts().localHi(),
                socket.facts().localLo(),
                socket.facts().localPort(),
                socket.facts().remoteHi(),
                socket.facts().remoteLo(),
                socket.facts().remotePort());
    }

    /** The local end, {@code null} when unbound. */
    @Nullable
    InetSocketAddress local() {
        return localPort == 0 ? null : socketAddress(localHi, localLo, localPort);
    }

    /** The remote end, {@code null} when unconnected. */
    @Nullable
    InetSocketAddress remote() {
        return remotePort == 0 ? null : socketAddress(remoteHi, remoteLo, remotePort);
    }

    static InetSocketAddress socketAddress(long hi, long lo, int port) {
        return new InetSocketAddress(inetAddress(hi, lo), port);
    }

    private static InetAddress inetAddress(long hi, long lo) {
        try {
            return InetAddress.getByAddress(new IpAddress(hi, lo).toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What to bind to: Java's wildcard, of either version, means every address of the stack. */
    static IpAddress boundTo(InetAddress address) {
        return address.isAnyLocalAddress() ? IpAddress.ANY_IPV6 : ipAddress(address);
    }

    static IpAddress ipAddress(InetAddress address) {
        return IpAddress.ofBytes(address.getAddress());
    }
}
