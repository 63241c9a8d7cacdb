package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.storm.StormHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lets turns happen to one host and its links. */
final class HostTurns {
    private final StormHost host;
    private final List<Way> ways;
    private final Junction junction;
    /** The junction's port to the host's first link. */
    private final int firstPort;
    private final SplitMix64 random;
    private final Map<Way, List<Endpoint>> takenAway = new HashMap<>();

    HostTurns(StormHost host, List<Way> ways, Junction junction, int firstPort, SplitMix64 random) {
        this.host = host;
        this.ways = ways;
        this.junction = junction;
        this.firstPort = firstPort;
        this.random = random;
    }

    /** Lets it happen. */
    void happens(Turn turn, int mtu, long nowNs) {
        Way way = ways.get(turn.way());
        switch (turn.what()) {
            case SILENT -> way.cut(nowNs);
            case HEARD -> way.mend();
            case DOWN -> {
                way.cut(nowNs);
                host.core.onDevice(way.number, false, mtu, nowNs);
            }
            case UP -> {
                way.mend();
                host.core.onDevice(way.number, true, mtu, nowNs);
            }
            case FORGETS -> way.install();
            case LOSES_ADDRESS -> host.core.onAddresses(way.number, List.of(), nowNs);
            case HAS_ADDRESS -> host.core.onAddresses(way.number, StormHost.prefixes(way.addresses), nowNs);
            case MOVES -> moves(way, nowNs);
            case PRIORITY -> endpointsOf(way).forEach(endpoint -> change(
                    table -> table.change(endpoint.id(), endpoint.flags() ^ Endpoint.BACKUP)));
            case LOSES_ENDPOINTS -> takenAway.put(way, takeAway(way));
            case HAS_ENDPOINTS ->
                takenAway.getOrDefault(way, List.of()).forEach(endpoint -> give(endpoint, endpoint.address()));
            case CHOOSES ->
                List.copyOf(host.core.mptcp().connections()).forEach(connection -> choose(connection, nowNs));
        }
    }

    /** Other addresses, and what administrators said of the old ones holds of them. */
    private void moves(Way way, long nowNs) {
        List<IpAddress> before = way.addresses;
        List<Endpoint> configured = takeAway(way);
        way.move();
        way.addresses.forEach(address -> junction.route(address, firstPort + way.number));
        host.core.onAddresses(way.number, StormHost.prefixes(way.addresses), nowNs);
        configured.forEach(endpoint -> give(endpoint, way.addresses.get(before.indexOf(endpoint.address()))));
    }

    private List<Endpoint> endpointsOf(Way way) {
        return table().all().stream()
                .filter(endpoint -> way.addresses.contains(endpoint.address()) && !endpoint.has(Endpoint.IMPLICIT))
                .toList();
    }

    private List<Endpoint> takeAway(Way way) {
        var gone = new ArrayList<Endpoint>();
        for (Endpoint endpoint : endpointsOf(way)) {
            change(table -> table.remove(endpoint.id()));
            gone.add(endpoint);
        }
        return gone;
    }

    /** Gives an address what another endpoint was; one that came by itself does so. */
    private void give(Endpoint was, IpAddress address) {
        boolean automatic = was.has(Endpoint.AUTOMATIC) && table().find(address, 0).isPresent();
        if (!automatic) {
            change(table -> table.add(address, was.port(), was.flags(), was.link(), 0));
        }
    }

    private void choose(MptcpConnection connection, long nowNs) {
        List<String> schedulers = host.core.mptcp().schedulers().names();
        connection.scheduler(schedulers.get(random.nextInt(schedulers.size())), nowNs);
        connection.pathManagers(Hosts.MANAGERS.get(random.nextInt(Hosts.MANAGERS.size())));
    }

    /** What an administrator does to the table of endpoints. */
    @FunctionalInterface
    private interface Change {
        Endpoint in(Endpoints table) throws EndpointException;
    }

    private void change(Change change) {
        try {
            change.in(table());
        } catch (EndpointException e) {
            throw new IllegalStateException(e);
        }
    }

    private Endpoints table() {
        return host.core.mptcp().hostPaths().endpoints();
    }
}
