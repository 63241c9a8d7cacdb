package dev.braid.stack.jfr;

import dev.braid.fastpath.counters.Counters;
import java.util.HashMap;
import java.util.Map;

/** Tells once a period what was dropped since, reason by reason; on the recorder's thread, which may read counters as any. */
final class DropEvents implements Runnable {
    private static final String MARK = "Drop";

    private final String stack;
    private final Counters counters;
    private final Map<String, Long> told = new HashMap<>();

    DropEvents(String stack, Counters counters) {
        this.stack = stack;
        this.counters = counters;
    }

    /** Takes the present counts as told, for a recording that begins. */
    synchronized void begin() {
        told.clear();
        counters.forEach(told::put);
    }

    @Override
    public synchronized void run() {
        counters.forEach(this::tell);
    }

    private void tell(String reason, long total) {
        long count = total - told.getOrDefault(reason, 0L);
        if (count <= 0 || !reason.contains(MARK)) {
            return;
        }
        told.put(reason, total);
        var event = new DropEvent();
        event.stack = stack;
        event.reason = reason;
        event.count = count;
        event.total = total;
        event.commit();
    }
}
