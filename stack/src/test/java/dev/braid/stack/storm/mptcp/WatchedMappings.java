package dev.braid.stack.storm.mptcp;

import java.util.Map;
import java.util.TreeMap;

/** The mappings that one direction of a subflow declared: places of the subflow's stream, each with one place of the data's. */
final class WatchedMappings {
    /** Where bytes of the subflow lie in the data: {@code place} is that of {@code start}. */
    @FunctionalInterface
    interface Mapped {
        void accept(long start, long end, long place);
    }

    private record Piece(long end, long shift) {}

    private final TreeMap<Long, Piece> pieces = new TreeMap<>();

    /** Declares that the subflow's bytes are the data's from {@code place} on; false when one of them is another's already. */
    boolean declare(long start, long end, long place) {
        long shift = place - start;
        long from = start;
        long to = end;
        for (Map.Entry<Long, Piece> near = pieces.lowerEntry(end); near != null
                && near.getValue().end > start; near = pieces.lowerEntry(from)) {
            if (near.getValue().shift != shift) {
                return false;
            }
            from = Math.min(from, near.getKey());
            to = Math.max(to, near.getValue().end);
            pieces.remove(near.getKey());
        }
        pieces.put(from, new Piece(to, shift));
        return true;
    }

    /** Tells where these bytes lie, as far as it is known; answers how many have no place. */
    long locate(long start, long end, Mapped mapped) {
        long unknown = end - start;
        Long before = pieces.floorKey(start);
        for (Map.Entry<Long, Piece> next : pieces.subMap(before == null ? start : before, end).entrySet()) {
            long from = Math.max(start, next.getKey());
            long to = Math.min(end, next.getValue().end);
            if (from < to) {
                unknown -= to - from;
                mapped.accept(from, to, from + next.getValue().shift);
            }
        }
        return unknown;
    }
}
