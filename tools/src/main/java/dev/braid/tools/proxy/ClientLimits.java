package dev.braid.tools.proxy;

import java.util.HashMap;
import java.util.Map;

/** Counts clients so that none takes everything: those that still make their request, and connections in all and of each client. Any thread. */
final class ClientLimits {
    /** Requests that may be incomplete at a time; further clients are turned away at once. Each holds some 10 KiB for at most 10 s. */
    static final int MAX_REQUESTING = 1_024;

    private final Map<String, Integer> open = new HashMap<>();
    private int requesting;
    private int all;

    /** Whether one more client may make its request; {@link #requested()} must follow then. */
    synchronized boolean arrive() {
        if (requesting >= MAX_REQUESTING) {
            return false;
        }
        requesting++;
        return true;
    }

    /** A request is complete, or will not be. */
    synchronized void requested() {
        requesting--;
    }

    /**
     * Counts one more connection, if it may be.
     *
     * @param most connections of all clients
     * @param mostEach connections of one client
     * @return why not; empty when {@link #leave} must follow
     */
    synchronized String enter(String client, int most, int mostEach) {
        int own = open.getOrDefault(client, 0);
        if (all >= most) {
            return "all " + most + " connections are in use";
        }
        if (own >= mostEach) {
            return client + " has all of its " + mostEach + " connections in use";
        }
        all++;
        open.put(client, own + 1);
        return "";
    }

    /** A connection of this client has ended. */
    synchronized void leave(String client) {
        all--;
        open.merge(client, -1, (a, b) -> a + b == 0 ? null : a + b);
    }

    /** Connections of all clients. */
    synchronized int all() {
        return all;
    }
}
