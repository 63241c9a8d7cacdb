package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host's endpoints and limits: the table behind {@code ip mptcp endpoint} and {@code ip mptcp limits}, and the one place that gives
 * local addresses their identifiers, so that an identifier never stands for two addresses (RFC 8684 section 3.4.1).
 *
 * <p>Core thread only. Whoever {@linkplain #onChange listens} hears of each change when the table shows it already.
 */
public final class Endpoints {
    /** The largest identifier, hence the largest number of endpoints. */
    public static final int MAX_ID = 255;

    private static final int CHANGEABLE = Endpoint.BACKUP | Endpoint.FULLMESH | Endpoint.OVERFLOW;

    private final List<Endpoint> endpoints = new ArrayList<>();
    private final BitSet ids = new BitSet(MAX_ID + 1);
    private final List<Consumer<PathEvent>> listeners = new ArrayList<>();
    private int nextId = 1;
    /** The highest identifier that there ever was. */
    private int highest;
    private Limits limits = Limits.DEFAULT;

    /** Has changes told to {@code listener} from now on. */
    public void onChange(Consumer<PathEvent> listener) {
        listeners.add(listener);
    }

    /** All of them, in the order in which they were added. A snapshot. */
    public List<Endpoint> all() {
        return List.copyOf(endpoints);
    }

    /** The endpoint of this identifier. */
    public Optional<Endpoint> find(int id) {
        return endpoints.stream().filter(e -> e.id() == id).findFirst();
    }

    /** The endpoint of this address and port; 0 finds one without a port. */
    public Optional<Endpoint> find(IpAddress address, int port) {
        return endpoints.stream()
                .filter(e -> e.port() == port && e.address().equals(address))
                .findFirst();
    }

    /** The limits. */
    public Limits limits() {
        return limits;
    }

    /** Changes the limits, for subflows that are to come. */
    public void limits(Limits changed) {
        limits = changed;
        tell(new PathEvent.LimitsChanged());
    }

    /**
     * Adds an endpoint.
     *
     * @param id 1..255; 0 = the next free one
     * @param flags an OR of {@link Endpoint}'s constants
     * @throws EndpointException when the address and port have an endpoint already (one that is implicit or automatic gives way,
     *     and leaves its identifier), the identifier is taken, or none is left
     */
    public Endpoint add(IpAddress address, int port, int flags, int link, int id) throws EndpointException {
        requireFlags(flags, port);
        Endpoint old = clash(address, port);
        if (old != null) {
            if (!old.has(Endpoint.IMPLICIT | Endpoint.AUTOMATIC) || (id != 0 && id != old.id())) {
                throw new EndpointException(EndpointException.Reason.DUPLICATE, address + " has endpoint " + old.id());
            }
            Endpoint replaced = new Endpoint(old.id(), address, port, flags, link);
            endpoints.remove(old);
            endpoints.add(replaced);
            tell(new PathEvent.EndpointChanged(old, replaced));
            return replaced;
        }
        Endpoint added = new Endpoint(id == 0 ? freeId() : takenUnless(id), address, port, flags, link);
        insert(added);
        tell(new PathEvent.EndpointAdded(added));
        return added;
    }

    /**
     * Takes an endpoint away.
     *
     * @throws EndpointException when there is none of that identifier
     */
    public Endpoint remove(int id) throws EndpointException {
        Endpoint removed = required(id);
        endpoints.remove(removed);
        ids.clear(id);
        tell(new PathEvent.EndpointRemoved(removed));
        return removed;
    }

    /** Takes all endpoints away; identifiers begin again. */
    public void flush() {
        List<Endpoint> removed = all();
        endpoints.clear();
        ids.clear();
        nextId = 1;
        removed.forEach(endpoint -> tell(new PathEvent.EndpointRemoved(endpoint)));
    }

    /**
     * Changes whether an endpoint is a backup, for overflow, and meshes fully; connections that use it follow.
     *
     * @param flags the new state of {@link Endpoint#BACKUP}, {@link Endpoint#OVERFLOW} and {@link Endpoint#FULLMESH}
     * @throws EndpointException when there is none of that identifier, or it is announced or implicit and is to mesh
     */
    public Endpoint change(int id, int flags) throws EndpointException {
        Endpoint before = required(id);
        Endpoint after = before.withFlags((before.flags() & ~CHANGEABLE) | (flags & CHANGEABLE));
        if (after.has(Endpoint.FULLMESH) && after.has(Endpoint.SIGNAL | Endpoint.IMPLICIT)) {
            throw new EndpointException(EndpointException.Reason.INVALID, "invalid addr flags");
        }
        endpoints.set(endpoints.indexOf(before), after);
        tell(new PathEvent.EndpointChanged(before, after));
        return after;
    }

    /** The endpoint that a subflow's local end is of: the one with just that port, or else the one without a port. */
    public Optional<Endpoint> of(IpAddress address, int port) {
        return find(address, port).or(() -> find(address, 0));
    }

    /**
     * The identifier of a subflow's local end: its endpoint's, or that of an implicit endpoint which is made for the address.
     *
     * @param port 0 = one that the host chooses
     * @return 0 when all identifiers are taken
     */
    public int idOf(IpAddress address, int port, int link) {
        Optional<Endpoint> known = of(address, port);
        if (known.isPresent()) {
            return known.get().id();
        }
        // Not one that was taken away a moment ago: a subflow of it would keep connections from telling their peers that it is gone.
        int id = nextFree(highest + 1);
        if (id != 0) {
            insert(new Endpoint(id, address, 0, Endpoint.IMPLICIT, link));
        }
        return id;
    }

    private void insert(Endpoint endpoint) {
        endpoints.add(endpoint);
        ids.set(endpoint.id());
        // An identifier that was free a moment ago may still be known to peers: the used ones are left to rest.
        nextId = Math.max(nextId, endpoint.id());
        highest = Math.max(highest, endpoint.id());
    }

    private Endpoint required(int id) throws EndpointException {
        return find(id).orElseThrow(
                () -> new EndpointException(EndpointException.Reason.NOT_FOUND, "there is no endpoint " + id));
    }

    private @Nullable Endpoint clash(IpAddress address, int port) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.address().equals(address) && endpoint.port() == port) {
                return endpoint;
            }
        }
        return null;
    }

    private int takenUnless(int id) throws EndpointException {
        if (id < 1 || id > MAX_ID) {
            throw new EndpointException(EndpointException.Reason.INVALID,
                    "an identifier is 1.." + MAX_ID + ", not " + id);
        }
        if (ids.get(id)) {
            throw new EndpointException(EndpointException.Reason.ID_TAKEN, "identifier " + id + " is taken");
        }
        return id;
    }

    private int freeId() throws EndpointException {
        int id = nextFree(nextId);
        if (id == 0) {
            throw new EndpointException(EndpointException.Reason.FULL, "all " + MAX_ID + " identifiers are taken");
        }
        return id;
    }

    private int nextFree(int from) {
        int id = ids.nextClearBit(from);
        if (id > MAX_ID) {
            id = ids.nextClearBit(1);
        }
        return id > MAX_ID ? 0 : id;
    }

    /** Refuses in Linux's words. */
    private static void requireFlags(int flags, int port) throws EndpointException {
        if (port != 0 && (flags & Endpoint.SIGNAL) == 0) {
            throw new EndpointException(EndpointException.Reason.INVALID, "flags must have signal when using port");
        }
        if ((flags & Endpoint.SIGNAL) != 0 && (flags & Endpoint.FULLMESH) != 0) {
            throw new EndpointException(EndpointException.Reason.INVALID,
                    "flags mustn't have both signal and fullmesh");
        }
    }

    private void tell(PathEvent event) {
        for (Consumer<PathEvent> listener : listeners) {
            listener.accept(event);
        }
    }
}
