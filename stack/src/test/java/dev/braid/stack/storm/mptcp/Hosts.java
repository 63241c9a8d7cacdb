package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.mptcp.MptcpConfig;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.storm.StormHost;
import dev.braid.stack.storm.Weather;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** A storm's two hosts as their administrators set them up: links, addresses of one family or both, endpoints and limits. */
final class Hosts {
    static final int SERVER_MTU = 9_000;
    private static final int MANY = 8;

    /** Path managers that bring back what is lost. */
    static final List<String> MANAGERS = List.of("endpoints", "endpoints", "endpoints overflow",
            "endpoints standby-order", "endpoints standby-rtt");
    /** Those that do not. */
    private static final List<String> IDLE_MANAGERS = List.of("kernel", "none");

    /** Which families a storm's connections can use. */
    private enum Families {
        V4,
        V6,
        BOTH
    }

    private final SplitMix64 random;
    private final Families families;
    private final boolean checksums;
    private final int clientNics;
    private final int serverNics;
    private final int mtu;
    private final List<Integer> mtus = new ArrayList<>();
    private final List<String> chosen = new ArrayList<>();
    private boolean reopens;

    Hosts(SplitMix64 random) {
        this.random = random;
        families = Families.values()[random.nextInt(Families.values().length)];
        checksums = random.chance(0.3);
        clientNics = random.between(2, 4);
        serverNics = random.between(1, 2);
        mtu = Weather.mtu(random, families == Families.V4);
    }

    List<Link> clientLinks() {
        var links = new ArrayList<Link>();
        for (int i = 0; i < clientNics; i++) {
            boolean both = families == Families.BOTH && (i == 0 || random.chance(0.4));
            boolean v6 = families == Families.V6 || (families == Families.BOTH && random.chance(0.5));
            int linkMtu = random.chance(0.7) ? mtu : Weather.mtu(random, families == Families.V4);
            mtus.add(linkMtu);
            links.add(link(i, linkMtu, both || !v6 ? "10." + (1 + i) + ".0.1" : "",
                    both || v6 ? "fd0" + (1 + i) + "::1" : ""));
        }
        return links;
    }

    List<Link> serverLinks() {
        var links = new ArrayList<Link>();
        for (int i = 0; i < serverNics; i++) {
            links.add(link(i, SERVER_MTU, families == Families.V6 ? "" : "10." + (51 + i) + ".0.2",
                    families == Families.V4 ? "" : "fd" + (51 + i) + "::2"));
        }
        return links;
    }

    private Link link(int index, int linkMtu, String v4, String v6) {
        IpAddress[] addresses = java.util.stream.Stream.of(v4, v6).filter(text -> !text.isEmpty())
                .map(IpAddress::parse).toArray(IpAddress[]::new);
        return StormHost.link(index, "nic" + index, linkMtu, Weather.offloads(random), addresses);
    }

    static List<IpAddress> addresses(Link link) {
        return link.addresses().stream().map(Prefix::address).toList();
    }

    int mtu(int nic) {
        return mtus.get(nic);
    }

    StormHost host(SimNode node, Arena arena, List<Link> links) {
        CoreConfig config = CoreConfig.DEFAULT.withTcp(Weather.tcp(random));
        config.mptcp.enabled = true;
        config.mptcp.checksum = checksums && random.chance(0.7);
        return new StormHost(node, arena, links, config, random.split());
    }

    /** What administrators choose besides: schedulers, path managers, checksums, endpoints of every kind at both ends. */
    void configureAll(StormHost client, StormHost server) {
        reopens = true;
        for (StormHost host : List.of(client, server)) {
            MptcpConfig config = host.core.mptcp().config();
            config.scheduler = anyOf(config.packetSchedulers.names());
            config.pathManagers = random.chance(0.1) ? anyOf(IDLE_MANAGERS) : anyOf(MANAGERS);
            config.checksum |= random.chance(0.3);
            reopens &= MANAGERS.contains(config.pathManagers);
            chosen.add(config.scheduler + " by " + config.pathManagers);
        }
        try {
            Endpoints here = client.core.mptcp().hostPaths().endpoints();
            for (Endpoint endpoint : here.all()) {
                if (!endpoint.has(Endpoint.FULLMESH) && random.chance(0.3)) {
                    here.remove(endpoint.id());
                    here.add(endpoint.address(), 0,
                            Endpoint.SUBFLOW | Endpoint.SIGNAL | (endpoint.flags() & Endpoint.BACKUP),
                            endpoint.link(), 0);
                }
            }
            Endpoints far = server.core.mptcp().hostPaths().endpoints();
            for (Endpoint endpoint : far.all()) {
                if (random.chance(0.4)) {
                    far.remove(endpoint.id());
                    far.add(endpoint.address(), endpoint.port(), Endpoint.SUBFLOW | Endpoint.SIGNAL, endpoint.link(),
                            0);
                }
            }
            if (random.chance(0.3)) {
                far.add(server.address, 0, Endpoint.SUBFLOW | (random.chance(0.5) ? Endpoint.FULLMESH : 0), 0, 0);
            }
        } catch (EndpointException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether both hosts' path managers open again what is lost and announce all there is, as those of these names do. */
    boolean reopens() {
        return reopens;
    }

    private String anyOf(List<String> names) {
        return names.get(random.nextInt(names.size()));
    }

    /** Endpoints and limits, as an administrator would with {@code ip mptcp}. */
    void configure(StormHost client, StormHost server) {
        try {
            Endpoints here = client.core.mptcp().hostPaths().endpoints();
            here.limits(new Limits(MANY, MANY));
            boolean automatic = random.chance(0.4);
            if (!automatic) {
                here.flush();
            }
            for (Link link : automatic ? List.<Link>of() : client.links) {
                for (IpAddress address : addresses(link)) {
                    int flags = Endpoint.SUBFLOW | (random.chance(0.3) ? Endpoint.FULLMESH : 0)
                            | (random.chance(0.2) ? Endpoint.BACKUP : 0);
                    here.add(address, 0, flags, link.index(), 0);
                }
            }
            Endpoints far = server.core.mptcp().hostPaths().endpoints();
            far.flush();
            far.limits(new Limits(MANY, MANY));
            for (Link link : server.links) {
                for (IpAddress address : addresses(link)) {
                    if (!address.equals(server.address)) {
                        far.add(address, random.chance(0.2) ? 9_100 : 0, Endpoint.SIGNAL, link.index(), 0);
                    }
                }
            }
        } catch (EndpointException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return families + (checksums ? " with checksums" : "") + ", " + clientNics + " to " + serverNics
                + " links, mtu "
                + mtus + (chosen.isEmpty() ? "" : ", " + chosen);
    }
}
