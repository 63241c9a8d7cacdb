package dev.braid.stack.storm.mptcp;

import java.util.Map;
import java.util.TreeMap;

/** Numbers of a sequence space, counted from its beginning so that nothing wraps, as ranges that neither meet nor overlap. */
final class NumberSet {
    /** Takes a range: {@code end} is behind its last number. */
    @FunctionalInterface
    interface Range {
        void accept(long start, long end);
    }

    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** Adds the numbers from {@code start} to before {@code end}. */
    void add(long start, long end) {
        if (start >= end) {
            return;
        }
        long from = start;
        long to = end;
        for (Map.Entry<Long, Long> near = ends.floorEntry(end); near != null
                && near.getValue() >= start; near = ends.floorEntry(end)) {
            from = Math.min(from, near.getKey());
            to = Math.max(to, near.getValue());
            ends.remove(near.getKey());
        }
        ends.put(from, to);
    }

    /** The first number at or behind {@code from} that is missing. */
    long firstMissing(long from) {
        Map.Entry<Long, Long> around = ends.floorEntry(from);
        return around == null ? from : Math.max(from, around.getValue());
    }

    /** Tells which of these numbers it has. */
    void within(long start, long end, Range range) {
        Long before = ends.floorKey(start);
        for (Map.Entry<Long, Long> next : ends.subMap(before == null ? start : before, end).entrySet()) {
            long from = Math.max(start, next.getKey());
            long to = Math.min(end, next.getValue());
            if (from < to) {
                range.accept(from, to);
            }
        }
    }
}
