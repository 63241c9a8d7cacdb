package dev.braid.stack.core;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the core knows of one device: the addresses it answers to there, and what the device can do at present.
 *
 * <p>Addresses, MTU, offloads and state change, on the core's thread.
 */
public final class Link {
    /** The scope of links that belong to no captured namespace. */
    public static final int DEFAULT_SCOPE = 0;

    private final int index;
    private final String name;
    private List<Prefix> addresses;
    private Prefix[] prefixes;
    private final int scope;
    private final boolean capture;
    private int mtu;
    private int offloads;
    private boolean deviceUp = true;
    private boolean carried = true;

    /**
     * A link of the host's own, in the default scope, up.
     *
     * @param index the device index that its frames carry, 0 or more
     * @param name the device's name, for people
     * @param addresses the stack's own addresses there with their prefix lengths
     * @param mtu largest packet in bytes of IP
     * @param offloads an OR of the bits in {@link dev.braid.fastpath.device.Offloads}
     */
    public Link(int index, String name, List<Prefix> addresses, int mtu, int offloads) {
        this(index, name, addresses, mtu, offloads, DEFAULT_SCOPE, false);
    }

    /**
     * A link, up.
     *
     * @param scope names an address space: equal addresses in different scopes are different hosts
     * @param capture whether every unicast destination that arrives here is taken for the stack's own
     */
    public Link(
            int index, String name, List<Prefix> addresses, int mtu, int offloads, int scope, boolean capture) {
        this.index = index;
        this.name = name;
        this.addresses = List.copyOf(addresses);
        this.prefixes = this.addresses.toArray(new Prefix[0]);
        this.mtu = mtu;
        this.offloads = offloads;
        this.scope = scope;
        this.capture = capture;
    }

    /** The device index that its frames carry. */
    public int index() {
        return index;
    }

    /** The device's name. */
    public String name() {
        return name;
    }

    /** The stack's own addresses on the link. */
    public List<Prefix> addresses() {
        return addresses;
    }

    /** Replaces the addresses; {@link StackCore#onAddresses} has the rest of the stack follow. */
    void addresses(List<Prefix> changed) {
        addresses = List.copyOf(changed);
        prefixes = addresses.toArray(new Prefix[0]);
    }

    /** The address space the link belongs to: part of every flow's key. */
    public int scope() {
        return scope;
    }

    /** Whether every unicast destination that arrives is taken for the stack's own. */
    public boolean capture() {
        return capture;
    }

    /** The largest packet in bytes of IP. */
    public int mtu() {
        return mtu;
    }

    /** What the device does for the stack: bits of {@link dev.braid.fastpath.device.Offloads}. */
    public int offloads() {
        return offloads;
    }

    /** Replaces the offloads, as after a probe or for a comparison. */
    public void offloads(int offloads) {
        this.offloads = offloads;
    }

    /** Whether packets get anywhere: the device is up, and what it leads to {@linkplain #carried(boolean) carries}. */
    public boolean up() {
        return deviceUp && carried;
    }

    /** The device changed: {@code mtu} in bytes of IP. */
    public void changed(boolean up, int mtu) {
        this.deviceUp = up;
        this.mtu = mtu;
    }

    /**
     * Tells whether the network behind the device carries packets, which the device cannot know: a TUN is up however dead the NIC is that
     * its packets leave by. True at first, and the device's own changes leave it alone.
     */
    void carried(boolean carried) {
        this.carried = carried;
    }

    /** Whether a packet from this link to this address is for the stack; multicast and broadcast never are. */
    public boolean accepts(long hi, long lo) {
        return capture ? isUnicast(hi, lo) && !IpAddress.isLoopback(hi, lo) : owns(hi, lo);
    }

    /** Whether this is one of the link's own addresses. */
    public boolean owns(long hi, long lo) {
        for (Prefix prefix : prefixes) {
            if (prefix.address().hi() == hi && prefix.address().lo() == lo) {
                return true;
            }
        }
        return false;
    }

    /** Whether the address names one host as seen from this link: neither unspecified, multicast nor broadcast. */
    public boolean isUnicast(long hi, long lo) {
        return !IpAddress.isUnspecified(hi, lo) && !IpAddress.isMulticast(hi, lo) && !isBroadcast(hi, lo);
    }

    /** Whether the address is 255.255.255.255 or the directed broadcast of one of the link's networks. */
    public boolean isBroadcast(long hi, long lo) {
        if (IpAddress.isBroadcast(hi, lo)) {
            return true;
        }
        for (Prefix prefix : prefixes) {
            if (prefix.isDirectedBroadcast(hi, lo)) {
                return true;
            }
        }
        return false;
    }

    /** How many leading bits the longest network that holds both this link and the address has, or -1 for none. */
    public int onLinkBits(long hi, long lo) {
        int longest = -1;
        for (Prefix prefix : prefixes) {
            if (prefix.length() > longest && prefix.contains(hi, lo)) {
                longest = prefix.length();
            }
        }
        return longest;
    }

    /**
     * The link's address to talk to a remote one from (in the spirit of RFC 6724 rules 2 and 8): of the same family, in the
     * remote's network if one is, else the first whose link-local scope equals the remote's, else the first.
     */
    public @Nullable IpAddress sourceFor(long remoteHi, long remoteLo) {
        boolean ipv4 = IpAddress.isIpv4(remoteHi, remoteLo);
        boolean linkLocal = IpAddress.isLinkLocal(remoteHi, remoteLo);
        IpAddress best = null;
        int bestRank = -1;
        for (Prefix prefix : prefixes) {
            IpAddress address = prefix.address();
            if (address.isIpv4() != ipv4) {
                continue;
            }
            int rank = prefix.contains(remoteHi, remoteLo)
                    ? 2 + prefix.length()
                    : address.isLinkLocal() == linkLocal ? 1 : 0;
            if (rank > bestRank) {
                best = address;
                bestRank = rank;
            }
        }
        return best;
    }

    @Override
    public String toString() {
        return name + addresses + " mtu " + mtu + (up() ? "" : " down");
    }
}
