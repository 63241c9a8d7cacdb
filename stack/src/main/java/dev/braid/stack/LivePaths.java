package dev.braid.stack;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.nio.CoreHost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The paths of a running stack: the addresses of its links, and the endpoints and limits that {@code ip mptcp} users know. Every change
 * counts for connections that run, at once.
 *
 * <p>Any thread; each method waits for the stack's own, and throws {@link IOException} when the stack has ended.
 */
public final class LivePaths {
    private final StackCore core;
    private final CoreHost host;
    private final List<Link> links;

    LivePaths(StackCore core, CoreHost host, List<Link> links) {
        this.core = core;
        this.host = host;
        this.links = links;
    }

    /** Work on the endpoint table, on the core's thread. */
    @FunctionalInterface
    private interface TableWork<T> {
        T on(Endpoints endpoints) throws EndpointException;
    }

    /** All endpoints. */
    public List<Endpoint> endpoints() throws IOException {
        var all = new ArrayList<Endpoint>();
        host.call(nowNs -> all.addAll(table().all()));
        return List.copyOf(all);
    }

    /**
     * Adds an endpoint.
     *
     * @param port what peers may connect to there, 0 = the port their connection began with; only with {@link Endpoint#SIGNAL}
     * @param flags an OR of {@link Endpoint}'s constants
     * @param link the index of the link that has the address; -1 = whichever does
     * @param id 1..255; 0 = the next free one
     * @throws EndpointException when there is one already, or no identifier is left
     */
    public Endpoint add(IpAddress address, int port, int flags, int link, int id)
            throws IOException, EndpointException {
        return change(table -> table.add(address, port, flags, link, id));
    }

    /**
     * Takes an endpoint away; its subflows are closed and the peers are told.
     *
     * @throws EndpointException when there is none of that identifier
     */
    public Endpoint remove(int id) throws IOException, EndpointException {
        return change(table -> table.remove(id));
    }

    /** Takes all endpoints away, those that links brought included. */
    public void flush() throws IOException {
        host.call(nowNs -> table().flush());
    }

    /**
     * Changes an endpoint's {@link Endpoint#BACKUP}, {@link Endpoint#OVERFLOW} and {@link Endpoint#FULLMESH}.
     *
     * @throws EndpointException when there is none of that identifier, or the flags do not go together
     */
    public Endpoint change(int id, int flags) throws IOException, EndpointException {
        return change(table -> table.change(id, flags));
    }

    /** The limits. */
    public Limits limits() throws IOException {
        var limits = new Limits[] {Limits.DEFAULT};
        host.call(nowNs -> limits[0] = table().limits());
        return limits[0];
    }

    /** Changes the limits, for subflows to come. */
    public void limits(Limits limits) throws IOException {
        host.call(nowNs -> table().limits(limits));
    }

    /** The addresses that a link has now; {@code link} is its index. */
    public List<Prefix> addresses(int link) throws IOException {
        var found = new ArrayList<Prefix>();
        host.call(nowNs -> {
            dev.braid.stack.core.Link of = core.link(link);
            if (of != null) {
                found.addAll(of.addresses());
            }
        });
        return List.copyOf(found);
    }

    /**
     * Gives a link one more address of the stack.
     *
     * @throws IllegalArgumentException when no link has that name
     */
    public void addAddress(String link, Prefix address) throws IOException {
        int index = index(link);
        host.call(nowNs -> {
            var all = new ArrayList<>(known(index));
            all.removeIf(prefix -> prefix.address().equals(address.address()));
            all.add(address);
            core.onAddresses(index, all, nowNs);
        });
    }

    /**
     * Takes an address from a link; without effect when the link has it not.
     *
     * @throws IllegalArgumentException when no link has that name
     */
    public void removeAddress(String link, Prefix address) throws IOException {
        int index = index(link);
        host.call(nowNs -> {
            var all = new ArrayList<>(known(index));
            all.removeIf(prefix -> prefix.address().equals(address.address()));
            core.onAddresses(index, all, nowNs);
        });
    }

    /** This address is not to be used any more by connections that began with it, where its identifier is 0. */
    public void removeInitial(IpAddress address) throws IOException {
        host.call(nowNs -> core.mptcp().hostPaths().initialAddressRemoved(address));
    }

    /**
     * Has what happens to connections and their paths told to {@code watcher} from now on, on the stack's own thread, which it must not
     * hold up.
     */
    public void watch(Consumer<PathReport> watcher) throws IOException {
        host.call(nowNs -> core.mptcp().hostPaths().watch(watcher));
    }

    /** Tells that watcher nothing any more, once this returns. */
    public void unwatch(Consumer<PathReport> watcher) throws IOException {
        host.call(nowNs -> core.mptcp().hostPaths().unwatch(watcher));
    }

    /**
     * Tells whether the network behind a link carries packets, which its device cannot know. The link is up when this and the device's own
     * state are; what the device tells of itself later does not change it.
     *
     * @param carried true at first
     * @throws IllegalArgumentException when no link has that name
     */
    public void changeLink(String link, boolean carried) throws IOException {
        int index = index(link);
        host.call(nowNs -> core.onCarried(index, carried, nowNs));
    }

    /**
     * Tells that the world outside knows a link's flows no more, as after a change of the address that its NAT lends: subflows over it
     * begin anew at once, the last one of a connection too, for what they send would be refused.
     *
     * @throws IllegalArgumentException when no link has that name
     */
    public void addressesLost(String link) throws IOException {
        int index = index(link);
        var before = new ArrayList<Prefix>();
        host.call(nowNs -> {
            before.addAll(known(index));
            core.onAddresses(index, List.of(), nowNs);
        });
        host.call(nowNs -> {
            if (known(index).isEmpty()) { // else the device told of others meanwhile
                core.onAddresses(index, before, nowNs);
            }
        });
    }

    /**
     * Tells that the world outside may have forgotten a link's flows, as NATs do while a host sleeps: subflows over it are asked whether
     * they live, and carry nothing new until they answer. Connections of plain TCP find it out themselves.
     *
     * @throws IllegalArgumentException when no link has that name
     */
    public void doubt(String link) throws IOException {
        int index = index(link);
        host.call(nowNs -> core.mptcp().hostPaths().doubted(index));
    }

    /**
     * Changes what a link's automatic endpoints are for, those that later addresses bring included; connections that run follow.
     *
     * @param link the link's index
     * @param flags {@link Endpoint#BACKUP}, with or without {@link Endpoint#OVERFLOW}, or 0
     */
    public void changeRole(int link, int flags) throws IOException {
        host.call(nowNs -> core.mptcp().hostPaths().role(link, flags));
    }

    private List<Prefix> known(int index) {
        dev.braid.stack.core.Link link = core.link(index);
        return link == null ? List.of() : link.addresses();
    }

    private int index(String name) {
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no link is called " + name + "; there are "
                + String.join(", ", links.stream().map(Link::name).toList()));
    }

    private Endpoints table() {
        return core.mptcp().hostPaths().endpoints();
    }

    private Endpoint change(TableWork<Endpoint> work) throws IOException, EndpointException {
        var done = new Endpoint[1];
        var refused = new EndpointException[1];
        host.call(nowNs -> {
            try {
                done[0] = work.on(table());
            } catch (EndpointException e) {
                refused[0] = e;
            }
        });
        @Nullable EndpointException why = refused[0];
        if (why != null) {
            throw why;
        }
        return done[0];
    }
}
