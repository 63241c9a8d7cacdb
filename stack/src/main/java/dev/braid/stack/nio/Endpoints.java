package dev.braid.stack.nio;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.socket.StreamSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
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

    /**
     * An address that says where to, for a program's.
     *
     * @throws UnsupportedAddressTypeException for an address of another kind
     * @throws UnresolvedAddressException for a name that was not looked up
     */
    static InetSocketAddress requireInet(SocketAddress address) {
        Objects.requireNonNull(address);
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }

    /** The same of one to bind to: without one any address, and a port that is free. */
    static InetSocketAddress requireBindable(@Nullable SocketAddress address) {
        return address == null ? new InetSocketAddress(0) : requireInet(address);
    }

    /** What to bind to: Java's wildcard, of either version, means every address of the stack. */
    static IpAddress boundTo(InetAddress address) {
        return address.isAnyLocalAddress() ? IpAddress.ANY_IPV6 : ipAddress(address);
    }

    static IpAddress ipAddress(InetAddress address) {
        return IpAddress.ofBytes(address.getAddress());
    }
}
