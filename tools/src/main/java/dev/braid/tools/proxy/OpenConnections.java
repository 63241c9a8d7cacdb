package dev.braid.tools.proxy;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** The connections that are being carried, the oldest first. Any thread. */
public final class OpenConnections {
    private final ConcurrentSkipListMap<Long, OpenConnection> open = new ConcurrentSkipListMap<>();

    OpenConnections() {}

    /** This moment's connections. */
    public List<OpenConnection> all() {
        return List.copyOf(open.values());
    }

    void add(OpenConnection connection) {
        open.put(connection.id(), connection);
    }

    void remove(OpenConnection connection) {
        open.remove(connection.id());
    }
}
