package dev.braid.tundriver.netlink;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An address with the length of its network, {@code 10.77.0.2/24}. Host bits are kept.
 *
 * @param address IPv4 or IPv6
 * @param length bits of the network part, 0..32 or 0..128
 */
public record Prefix(InetAddress address, int length) {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    /** Every IPv4 address: the destination of a default route. */
    public static final Prefix ANY4 = parse("0.0.0.0/0");
    /** Every IPv6 address: the destination of a default route. */
    public static final Prefix ANY6 = parse("::/0");

    /** @throws IllegalArgumentException when the length does not fit the address */
    public Prefix {
        int bits = bits(address);
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    address.getHostAddress() + "/" + length + ": the prefix length must be 0 to " + bits);
        }
    }

    /** A single host: /32 or /128. */
    public static Prefix host(InetAddress address) {
        return new Prefix(address, bits(address));
    }

    /**
     * Reads {@code 10.77.0.2/24} or {@code fd77::2/64}; without a slash it is a single host. Names are never resolved.
     *
     * @throws IllegalArgumentException says what is wrong
     */
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + ": not an IPv4 or IPv6 address", e);
        }
        if (slash < 0) {
            return host(address);
        }
        try {
            return new Prefix(address, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(text + ": the prefix length must be a number", e);
        }
    }

    private static int bits(InetAddress address) {
        return address instanceof Inet4Address ? 32 : 128;
    }

    /** Whether the address is IPv4. */
    public boolean isV4() {
        return address instanceof Inet4Address;
    }

    int family() {
        return isV4() ? AF_INET : AF_INET6;
    }

    static Prefix any(int family) {
        return family == AF_INET6 ? ANY6 : ANY4;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}
