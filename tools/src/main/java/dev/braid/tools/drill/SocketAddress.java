package dev.braid.tools.drill;

import dev.braid.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Linux's struct sockaddr_in and sockaddr_in6. */
record SocketAddress(int family, IpAddress address, int port) {
    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    private static final int IN_BYTES = 16;
    private static final int IN6_BYTES = 28;
    private static final int IN6_LEAST = 24;

    /** An address whose bytes do not suffice for its family has family -1. */
    static SocketAddress decode(ByteBuffer bytes) {
        int family = bytes.remaining() < 2 ? -1 : Short.toUnsignedInt(bytes.getShort(0));
        ByteBuffer network = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
        if (family == AF_INET && bytes.remaining() >= IN_BYTES) {
            return new SocketAddress(
                    family, IpAddress.ofIpv4(network.getInt(4)), Short.toUnsignedInt(network.getShort(2)));
        }
        if (family == AF_INET6 && bytes.remaining() >= IN6_LEAST) {
            return new SocketAddress(family, new IpAddress(network.getLong(8), network.getLong(16)),
                    Short.toUnsignedInt(network.getShort(2)));
        }
        return new SocketAddress(family == AF_UNSPEC ? AF_UNSPEC : -1, IpAddress.ANY_IPV4, 0);
    }

    /** As a socket of {@code family} shows it: IPv4 is mapped where that is AF_INET6. */
    static byte[] encode(int family, long hi, long lo, int port) {
        boolean short4 = family == AF_INET;
        ByteBuffer bytes = RecordChannel.little(short4 ? IN_BYTES : IN6_BYTES);
        bytes.putShort((short) family).order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        if (short4) {
            bytes.putInt((int) lo);
        } else {
            bytes.putInt(0).putLong(hi).putLong(lo);
        }
        return bytes.array();
    }
}
