package dev.braid.tools.daemon;

import dev.braid.tools.host.HostLog;
import java.util.ArrayDeque;
import java.util.Deque;

/** What the daemon has begun and must end, the last first, whatever happens to one of them. One thread at a time. */
final class Parts implements AutoCloseable {
    private record Part(String name, AutoCloseable end) {}

    private final Deque<Part> begun = new ArrayDeque<>();
    private final HostLog log;

    Parts(HostLog log) {
        this.log = log;
    }

    /** Remembers how to end a part. */
    <T extends AutoCloseable> T add(String name, T part) {
        begun.push(new Part(name, part));
        return part;
    }

    /** Ends all. Idempotent. */
    @Override
    public void close() {
        while (!begun.isEmpty()) {
            Part last = begun.pop();
            try {
                last.end.close();
            } catch (Exception | Error e) {
                log.say(HostLog.Level.ERROR, last.name + " did not end well: " + e.getMessage());
            }
        }
    }
}
