package dev.braid.tools.control;

import dev.braid.stack.LivePaths;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.mptcp.path.PeerReset;
import dev.braid.stack.socket.Failures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Path events for clients that keep asking. {@code mptcp-events}: the first request begins to collect; each waits up to half a second for
 * something to tell and answers {@code events}, a list of objects with the names that {@code ip mptcp monitor} prints, and {@code lost}, how
 * many found the queue full.
 */
final class PathEvents {
    private static final int CAPACITY = 4_096;
    private static final long WAIT_MS = 500;

    private final LivePaths paths;
    private final Map<ControlSession, Watch> watches = new IdentityHashMap<>();

    PathEvents(LivePaths paths) {
        this.paths = paths;
    }

    void register(ControlServer server) {
        server.onSession("mptcp-events", (request, session) -> answer(session));
    }

    /** What one client has not been told yet. */
    private static final class Watch implements Consumer<PathReport> {
        final ArrayBlockingQueue<PathReport> queue = new ArrayBlockingQueue<>(CAPACITY);
        final AtomicLong lost = new AtomicLong();

        @Override
        public void accept(PathReport report) {
            if (!queue.offer(report)) {
                lost.incrementAndGet();
            }
        }
    }

    private Map<String, ?> answer(ControlSession session) throws IOException {
        Watch watch = watch(session);
        var events = new ArrayList<Map<String, Object>>();
        try {
            PathReport first = watch.queue.poll(WAIT_MS, TimeUnit.MILLISECONDS);
            for (PathReport next = first; next != null; next = watch.queue.poll()) {
                events.add(fields(next));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Map.of("events", List.copyOf(events), "lost", watch.lost.getAndSet(0));
    }

    private Watch watch(ControlSession session) throws IOException {
        synchronized (watches) {
            Watch known = watches.get(session);
            if (known != null) {
                return known;
            }
        }
        Watch watch = new Watch();
        paths.watch(watch);
        synchronized (watches) {
            watches.put(session, watch);
        }
        session.whenOver(() -> {
            synchronized (watches) {
                watches.remove(session);
            }
            try {
                paths.unwatch(watch);
            } catch (IOException e) {
                // The stack has ended, and its watchers with it.
            }
        });
        return watch;
    }

    /** The event under iproute2's names and in its order. */
    static Map<String, Object> fields(PathReport report) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("event", report.type().name());
        fields.put("token", String.format("%08x", report.token()));
        if (report.remoteId() >= 0) {
            fields.put("remid", report.remoteId());
        }
        if (report.localId() >= 0) {
            fields.put("locid", report.localId());
        }
        if (report.local() != null) {
            fields.put(report.local().isIpv4() ? "saddr4" : "saddr6", report.local().toString());
        }
        if (report.remote() != null) {
            fields.put(report.remote().isIpv4() ? "daddr4" : "daddr6", report.remote().toString());
        }
        if (report.localPort() != 0) {
            fields.put("sport", report.localPort());
        }
        if (report.remotePort() != 0) {
            fields.put("dport", report.remotePort());
        }
        if (report.backup() >= 0) {
            fields.put("backup", report.backup());
        }
        if (report.failure() != null) {
            fields.put("error", Failures.errno(report.failure()));
        }
        if (report.flags() != 0) {
            fields.put("flags", Integer.toHexString(report.flags()));
        }
        PeerReset reset = report.reset();
        if (reset != null) {
            fields.put("reset_reason", reset.reason());
            fields.put("reset_flags", reset.passes() ? "0x1" : "0x0");
        }
        return fields;
    }
}
