package dev.braid.tools.proxy;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** Counts clients so that none takes everything: those that still make their request, and connections in all and of each client. Any thread. */
final class ClientLimits {
    /** Requests that may be incomplete at a time; further clients are turned away at once. Each holds some 10 KiB. */
    static final int MAX_REQUESTING = 1_024;
    /**
     * The same for one other host. A request is there within 10 s, but a wrong login waits for the answers to those before it, 200 ms
     * each: nobody may fill the queue for all.
     */
    static final int MAX_REQUESTING_EACH = 64;

    private final Map<String, Integer> open = new HashMap<>();
    private final Map<InetAddress, Integer> requestingEach = new HashMap<>();
    private int requesting;
    private int all;

    /** Whether one more client at this address may make its request; {@link #requested} must follow then. */
    synchronized boolean arrive(InetAddress from) {
        int own = requestingEach.getOrDefault(from, 0);
        if (requesting >= MAX_REQUESTING || (own >= MAX_REQUESTING_EACH && !from.isLoopbackAddress())) {
            return false;
        }
        requesting++;
        requestingEach.put(from, own + 1);
        return true;
    }

    /** A request is complete, or will not be. */
    synchronized void requested(InetAddress from) {
        requesting--;
        countDown(requestingEach, from);
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
        countDown(open, client);
    }

    /** Counts one less; what has none is forgotten. */
    private static <K> void countDown(Map<K, Integer> counts, K key) {
        counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
    }

    /** Connections of all clients. */
    synchronized int all() {
        return all;
    }
}
