package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.sim.SplitMix64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Something that happens to one of the client's links while connections are running.
 *
 * @param atNs when, since the traffic began
 * @param way the number of the link
 */
record Turn(long atNs, int way, What what) {
    private static final long MS = 1_000_000L;

    /** What happens. */
    enum What {
        /** Packets vanish, and nobody says so. */
        SILENT,
        /** Packets pass again. */
        HEARD,
        /** The link is down, and the client knows. */
        DOWN,
        /** The link is up again. */
        UP,
        /** Its NAT forgets all it knew. */
        FORGETS,
        /** It loses its addresses. */
        LOSES_ADDRESS,
        /** It has them again. */
        HAS_ADDRESS
    }

    /** A seed's: never all links at a time, for {@code anchor} is left alone; whatever begins, ends. */
    static List<Turn> of(SplitMix64 random, int ways, int anchor) {
        var turns = new ArrayList<Turn>();
        for (int way = 0; way < ways; way++) {
            if (way == anchor) {
                continue;
            }
            long atNs = random.between(1, 1_000) * MS;
            int count = random.between(0, 5);
            for (int i = 0; i < count; i++) {
                long lastsNs = random.between(20, random.chance(0.2) ? 30_000 : 3_000) * MS;
                switch (random.nextInt(4)) {
                    case 0 -> pair(turns, atNs, lastsNs, way, What.SILENT, What.HEARD);
                    case 1 -> pair(turns, atNs, lastsNs, way, What.DOWN, What.UP);
                    case 2 -> pair(turns, atNs, lastsNs, way, What.LOSES_ADDRESS, What.HAS_ADDRESS);
                    default -> turns.add(new Turn(atNs, way, What.FORGETS));
                }
                atNs += lastsNs + random.between(1, 4_000) * MS;
            }
        }
        turns.sort(Comparator.comparingLong(Turn::atNs));
        return turns;
    }

    private static void pair(List<Turn> turns, long atNs, long lastsNs, int way, What begins, What ends) {
        turns.add(new Turn(atNs, way, begins));
        turns.add(new Turn(atNs + lastsNs, way, ends));
    }

    @Override
    public String toString() {
        return "%.3f %s %d".formatted(atNs / 1e9, what, way);
    }
}
