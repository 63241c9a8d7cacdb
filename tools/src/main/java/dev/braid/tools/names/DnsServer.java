package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** A name server. */
record DnsServer(IpAddress address, int port) {
    static DnsServer of(InetSocketAddress address) {
        return new DnsServer(IpAddress.ofBytes(address.getAddress().getAddress()), address.getPort());
    }

    boolean isLoopback() {
        return IpAddress.isLoopback(address.hi(), address.lo());
    }

    InetSocketAddress socketAddress() {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return port == ResolvConf.PORT ? address.toString() : address + " port " + port;
    }
}
