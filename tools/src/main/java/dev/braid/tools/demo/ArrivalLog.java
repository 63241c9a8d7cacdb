package dev.braid.tools.demo;

import java.util.Arrays;

/**
 * When bytes arrived at an application. One thread adds, any thread asks; times are of one clock, in nanoseconds, and never run
 * backwards.
 */
final class ArrivalLog {
    private long[] timesNs = new long[4096];
    private long[] totals = new long[4096];
    private int count;

    /** So many bytes have just arrived. */
    synchronized void add(long nowNs, long bytes) {
        if (count == timesNs.length) {
            timesNs = Arrays.copyOf(timesNs, 2 * count);
            totals = Arrays.copyOf(totals, 2 * count);
        }
        timesNs[count] = nowNs;
        totals[count] = total() + bytes;
        count++;
    }

    /** Bytes so far. */
    synchronized long total() {
        return count == 0 ? 0 : totals[count - 1];
    }

    /** When the last byte came; 0 before any has. */
    synchronized long lastNs() {
        return count == 0 ? 0 : timesNs[count - 1];
    }

    /** Bytes that arrived after {@code fromNs} and until {@code toNs}. */
    synchronized long between(long fromNs, long toNs) {
        return totalAt(toNs) - totalAt(fromNs);
    }

    private long totalAt(long ns) {
        int after = firstAfter(ns);
        return after == 0 ? 0 : totals[after - 1];
    }

    private int firstAfter(long ns) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (timesNs[middle] <= ns) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** How long from a moment on it took so many bytes to arrive; -1 when they did not. */
    synchronized long reachedNs(long fromNs, long bytes) {
        long before = totalAt(fromNs);
        for (int i = firstAfter(fromNs); i < count; i++) {
            if (totals[i] - before >= bytes) {
                return timesNs[i] - fromNs;
            }
        }
        return -1;
    }

    /** A time without a byte. */
    record Pause(long beginNs, long endNs) {
        long lengthNs() {
            return endNs - beginNs;
        }
    }

    /** The longest time without a byte of which some lies between the two, cut off at the end; the last arrival ends the log. */
    synchronized Pause longestPause(long fromNs, long toNs) {
        return pause(fromNs, toNs, Long.MAX_VALUE);
    }

    /** The first of such times that is at least so long, or the longest when none is. */
    synchronized Pause firstPause(long fromNs, long toNs, long leastNs) {
        return pause(fromNs, toNs, leastNs);
    }

    private Pause pause(long fromNs, long toNs, long enoughNs) {
        int next = firstAfter(fromNs);
        long before = next == 0 ? fromNs : timesNs[next - 1];
        var longest = new Pause(before, before);
        for (; next < count && timesNs[next] <= toNs && longest.lengthNs() < enoughNs; next++) {
            longest = longer(longest, new Pause(before, timesNs[next]));
            before = timesNs[next];
        }
        boolean open = next < count && timesNs[next] > toNs;
        return open ? longer(longest, new Pause(before, toNs)) : longest;
    }

    private static Pause longer(Pause one, Pause other) {
        return other.lengthNs() > one.lengthNs() ? other : one;
    }

    /**
     * How long it takes from {@code fromNs} until the end of the first window, all of it behind {@code fromNs}, with at least so many
     * bytes.
     *
     * @param notBeforeNs windows that end before do not count
     * @return nanoseconds, at least the window's length, or -1 when there is no such window before {@code toNs}
     */
    synchronized long untilWindowNs(long fromNs, long notBeforeNs, long toNs, long windowNs, long bytes) {
        long first = Math.max(fromNs + windowNs, notBeforeNs);
        if (first <= toNs && between(first - windowNs, first) >= bytes) {
            return first - fromNs;
        }
        for (int i = firstAfter(first); i < count && timesNs[i] <= toNs; i++) {
            if (between(timesNs[i] - windowNs, timesNs[i]) >= bytes) {
                return timesNs[i] - fromNs;
            }
        }
        return -1;
    }
}
