package dev.braid.tools.host;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.NetworkChannel;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bound link at one moment. Immutable.
 *
 * @param index the stack's index of the link
 * @param nic the NIC's name, which is what people call the link; empty for a slot that no NIC has
 * @param tun the TUN's name, which is what the stack calls it
 * @param role what it is wanted for
 * @param use whether it is used, and why not
 * @param detail more about that in words; empty = nothing
 * @param v4 the stack's own address to connect from; {@code null} = no IPv4 that way
 * @param v6 the same for IPv6
 * @param networks the networks that the NIC is attached to
 * @param mtu bytes of IP
 * @param metered whether its traffic is paid for by volume
 * @param srttNs the shortest smoothed round trip of its connections when they were last looked at; 0 = none known
 * @param roleBy what gave it the role: {@code configuration}, {@code command}, {@code metered} or {@code default}
 * @param addresses the NIC's own, that connections can use
 * @param gateways where its default routes lead
 */
public record LinkView(
        int index,
        String nic,
        String tun,
        Role role,
        LinkUse use,
        String detail,
        @Nullable IpAddress v4,
        @Nullable IpAddress v6,
        List<Prefix> networks,
        int mtu,
        boolean metered,
        long srttNs,
        String roleBy,
        List<Prefix> addresses,
        List<IpAddress> gateways) {
    /** The shortest round trip first; links of which none is known are last. */
    public static final Comparator<LinkView> BY_ROUND_TRIP = Comparator
            .comparingLong(link -> link.srttNs == 0 ? Long.MAX_VALUE : link.srttNs);

    /** One of whose NIC nothing more is known. */
    public LinkView(int index, String nic, String tun, Role role, LinkUse use, String detail, @Nullable IpAddress v4,
            @Nullable IpAddress v6, List<Prefix> networks, int mtu, boolean metered, long srttNs) {
        this(index, nic, tun, role, use, detail, v4, v6, networks, mtu, metered, srttNs, "default", List.of(),
                List.of());
    }

    /** The same with another round trip. */
    public LinkView measured(long shortestNs) {
        return new LinkView(index, nic, tun, role, use, detail, v4, v6, networks, mtu, metered, shortestNs, roleBy,
                addresses, gateways);
    }

    /** The address to connect from to a remote one of this family; {@code null} = not that way. */
    public @Nullable IpAddress source(boolean ipv4) {
        return ipv4 ? v4 : v6;
    }

    /**
     * Has a channel of the stack leave by this link: binds it to the link's address and a port of its own. One that cannot be is closed.
     *
     * @throws NoRouteToHostException when nothing of this family leaves by the link
     */
    public <C extends NetworkChannel> C bound(C channel, boolean ipv4) throws IOException {
        try {
            IpAddress source = source(ipv4);
            if (source == null) {
                throw new NoRouteToHostException(nic + " has no " + (ipv4 ? "IPv4" : "IPv6"));
            }
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(source.toBytes()), 0));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
