package dev.braid.fastpath.wire;

import java.util.Optional;

/**
 * An address with the length of its network's prefix, as {@code 10.77.0.2/24}: host bits are kept.
 *
 * @param address the address, of a host or of the network
 * @param length how many leading bits name the network: 0..32 for IPv4, 0..128 for IPv6
 */
public record Prefix(IpAddress address, int length) {
    /** @throws IllegalArgumentException when the length does not fit the address's family */
    public Prefix {
        if (length < 0 || length > address.bits()) {
            throw new IllegalArgumentException(
                    "prefix length of " + address + " must be 0.." + address.bits() + ", not " + length);
        }
    }

    /**
     * Parses {@code address/length}; without a length the prefix is the address alone.
     *
     * @throws IllegalArgumentException with a message that quotes what is wrong
     */
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            IpAddress address = IpAddress.parse(text);
            return new Prefix(address, address.bits());
        }
        IpAddress address = IpAddress.parse(text.substring(0, slash));
        String digits = text.substring(slash + 1);
        if (!digits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' has no prefix length of 0.." + address.bits() + " behind its slash");
        }
        return new Prefix(address, Integer.parseInt(digits));
    }

    /** Whether the other address is in this network; one of the other family never is. */
    public boolean contains(IpAddress other) {
        return contains(other.hi(), other.lo());
    }

    /** Whether the address with these halves is in this network; allocation-free. */
    public boolean contains(long hi, long lo) {
        return address.isIpv4() == IpAddress.isIpv4(hi, lo)
                && ((hi ^ address.hi()) & maskHi()) == 0
                && ((lo ^ address.lo()) & maskLo()) == 0;
    }

    /** The network's own address: all host bits zero. */
    public IpAddress network() {
        return new IpAddress(address.hi() & maskHi(), address.lo() & maskLo());
    }

    /** Whether the address is this network's directed broadcast address (RFC 1122 section 3.2.1.3). */
    public boolean isDirectedBroadcast(long hi, long lo) {
        return address.isIpv4() && length < 31 && contains(hi, lo) && (lo | maskLo()) == -1L;
    }

    /**
     * The lowest address a host can have: the network's own address plus one, or that address itself where every
     * address is a host's (IPv4 /31, RFC 3021; IPv6 /127, RFC 6164; single addresses).
     */
    public IpAddress firstHost() {
        return host(hasReservedAddresses() ? 1 : 0);
    }

    /** The lowest host address that is not {@link #address}; empty when the network has no other. */
    public Optional<IpAddress> firstOtherHost() {
        if (length == address.bits()) {
            return Optional.empty();
        }
        IpAddress first = firstHost();
        return Optional.of(first.equals(address) ? host(hasReservedAddresses() ? 2 : 1) : first);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private boolean hasReservedAddresses() {
        return length < address.bits() - 1;
    }

    private IpAddress host(int number) {
        IpAddress network = network();
        return new IpAddress(network.hi(), network.lo() | number);
    }

    private int lengthIn128() {
        return length + 128 - address.bits();
    }

    private long maskHi() {
        int bits = Math.min(lengthIn128(), 64);
        return bits == 0 ? 0 : -1L << (64 - bits);
    }

    private long maskLo() {
        int bits = lengthIn128() - 64;
        return bits <= 0 ? 0 : -1L << (64 - bits);
    }
}
