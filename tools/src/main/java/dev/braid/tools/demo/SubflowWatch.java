package dev.braid.tools.demo;

import dev.braid.stack.Stack;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.tcp.TcpInfo;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers, of every subflow there has been, how often it retransmitted and its round trip, by the address it leaves from; and of
 * every connection, what went again over another path.
 */
final class SubflowWatch implements AutoCloseable {
    private static final long PERIOD_MS = 100;

    private record Tuple(String local, int localPort, String remote, int remotePort) {}

    private record Seen(long retransmits, long srttNs, long order) {}

    private final Stack stack;
    private final Map<Tuple, Seen> seen = new HashMap<>();
    private final Thread thread;
    private final Map<Integer, MptcpInfo> connections = new HashMap<>();
    private long samples;

    private SubflowWatch(Stack stack) {
        this.stack = stack;
        thread = Thread.ofPlatform().daemon().name("subflow-watch").unstarted(this::run);
    }

    static SubflowWatch start(Stack stack) {
        var watch = new SubflowWatch(stack);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MS);
                sample();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The stack has ended, and so does this.
        }
    }

    /** Looks once. */
    synchronized void sample() throws IOException {
        samples++;
        for (TcpInfo info : stack.connections()) {
            if (info.rttNs > 0) {
                seen.put(new Tuple(info.local.toString(), info.localPort, info.remote.toString(), info.remotePort),
                        new Seen(info.totalRetrans, info.rttNs, samples));
            }
        }
        for (MptcpInfo info : stack.multipathConnections()) {
            connections.put(info.token, info);
        }
    }

    /** Bytes given to another subflow than the one they were given to first, over all connections. */
    synchronized long bytesReinjected() {
        return connections.values().stream().mapToLong(info -> info.bytesRetrans).sum();
    }

    /** Whether a connection did not stay Multipath TCP. */
    synchronized boolean fellBack() {
        return connections.values().stream().anyMatch(info -> info.fallback);
    }

    /** Segments sent again from this address, over all subflows. */
    synchronized long retransmits(String local) {
        return seen.entrySet().stream().filter(entry -> entry.getKey().local().equals(local))
                .mapToLong(entry -> entry.getValue().retransmits()).sum();
    }

    /** The round trip from this address as it was seen last; 0 for none. */
    synchronized long srttNs(String local) {
        return seen.entrySet().stream().filter(entry -> entry.getKey().local().equals(local))
                .map(Map.Entry::getValue)
                .reduce((one, other) -> one.order() >= other.order() ? one : other)
                .map(Seen::srttNs).orElse(0L);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
