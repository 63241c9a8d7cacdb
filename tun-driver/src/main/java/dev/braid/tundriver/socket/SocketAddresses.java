package dev.braid.tundriver.socket;

import dev.braid.tundriver.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** {@code sockaddr_in} and {@code sockaddr_in6} (ip(7), ipv6(7)). Stateless. */
final class SocketAddresses {
    /** Room for either. */
    static final int ROOM = 28;

    private static final int V4_LENGTH = 16;
    private static final int V4_ADDRESS = 4;
    private static final int V6_ADDRESS = 8;
    private static final int MAPPED_ONES = 10;
    private static final int MAPPED_V4 = 12;
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddresses() {}

    /** The family of an address. */
    static int family(InetAddress address) {
        return address instanceof Inet4Address ? Sockets.AF_INET : Sockets.AF_INET6;
    }

    /**
     * Writes an address to zeroed memory; answers its length in bytes.
     *
     * @param family of the socket: one of IPv6 takes an IPv4 address as a mapped one (RFC 4291 section 2.5.5.2)
     */
    static int write(InetSocketAddress from, int family, MemorySegment to) {
        byte[] address = from.getAddress().getAddress();
        boolean v4 = family == Sockets.AF_INET;
        to.set(ValueLayout.JAVA_SHORT, 0, (short) family);
        to.set(PORT, 2, (short) from.getPort());
        if (v4 || address.length == 16) {
            MemorySegment.copy(address, 0, to, ValueLayout.JAVA_BYTE, v4 ? V4_ADDRESS : V6_ADDRESS, address.length);
        } else {
            to.set(ValueLayout.JAVA_SHORT_UNALIGNED, V6_ADDRESS + MAPPED_ONES, (short) -1);
            MemorySegment.copy(address, 0, to, ValueLayout.JAVA_BYTE, V6_ADDRESS + MAPPED_V4, address.length);
        }
        return v4 ? V4_LENGTH : ROOM;
    }

    /** Reads an address; {@code null} for one of another family. */
    static @Nullable InetSocketAddress read(MemorySegment from) {
        int family = from.get(ValueLayout.JAVA_SHORT, 0);
        if (family != Sockets.AF_INET && family != Sockets.AF_INET6) {
            return null;
        }
        byte[] address = new byte[family == Sockets.AF_INET ? 4 : 16];
        int offset = family == Sockets.AF_INET ? V4_ADDRESS : V6_ADDRESS;
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, address, 0, address.length);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), Short.toUnsignedInt(from.get(PORT, 2)));
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes is one", e);
        }
    }
}
