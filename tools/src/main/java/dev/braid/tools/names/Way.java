package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.Bypass;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to ask: a server, over one link.
 *
 * @param link {@code null} = a socket of the kernel's
 */
record Way(DnsServer server, @Nullable LinkView link) {
    /** Enough for three servers over four links. */
    private static final int MAX_WAYS = 12;

    /**
     * The ways in the order in which they are tried, over the best link first: no suspect, wanted for the most, with the shortest round
     * trip. Each changes the server and the link both, where there are several, for a silence tells not which of the two is at fault.
     *
     * <p>This host's own server is asked by the kernel, and so is one that connections would bypass the stack for. A server inside a
     * network that a link is attached to is asked over that link: other networks may have another host of that address.
     */
    static List<Way> all(List<DnsServer> servers, List<LinkView> links, Bypass bypass) {
        var perServer = new ArrayList<List<Way>>();
        for (DnsServer server : servers) {
            perServer.add(to(server, links, bypass));
        }
        var ways = new ArrayList<Way>();
        int rounds = perServer.stream().mapToInt(List::size).max().orElse(0);
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < perServer.size(); i++) {
                List<Way> own = perServer.get(i);
                if (round < own.size() && ways.size() < MAX_WAYS) {
                    ways.add(own.get((round + i) % own.size()));
                }
            }
        }
        return ways;
    }

    private static List<Way> to(DnsServer server, List<LinkView> links, Bypass bypass) {
        boolean ipv4 = server.address().isIpv4();
        List<LinkView> usable = links.stream()
                .filter(link -> link.use().usable() && link.source(ipv4) != null)
                .sorted(Comparator.<LinkView, Boolean>comparing(link -> link.use() == LinkUse.SUSPECT)
                        .thenComparing(LinkView::role)
                        .thenComparing(LinkView.BY_ROUND_TRIP))
                .toList();
        if (server.isLoopback() || usable.isEmpty()) {
            return List.of(new Way(server, null));
        }
        for (LinkView link : usable) {
            if (isInside(link.networks(), server.address())) {
                return List.of(new Way(server, link));
            }
        }
        return bypass.reason(server.address()).isEmpty()
                ? usable.stream().map(link -> new Way(server, link)).toList()
                : List.of(new Way(server, null));
    }

    private static boolean isInside(List<Prefix> networks, IpAddress address) {
        return networks.stream().anyMatch(network -> network.length() > 0 && network.contains(address));
    }

    @Override
    public String toString() {
        return link == null ? server.toString() : server + " over " + link.nic();
    }
}
