package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.sim.SplitMix64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Something that happens to a host, mostly to one of its links, while connections are running.
 *
 * @param atNs when, since the traffic began
 * @param atServer whether the host is the server
 * @param way the number of the link
 */
record Turn(long atNs, boolean atServer, int way, What what) {
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
        HAS_ADDRESS,
        /** It has others from now on. */
        MOVES,
        /** The endpoints of its addresses become backups, or are backups no more. */
        PRIORITY,
        /** The endpoints of its addresses are taken away. */
        LOSES_ENDPOINTS,
        /** They are there again. */
        HAS_ENDPOINTS,
        /** Each connection of the host gets another scheduler and other path managers. */
        CHOOSES
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
                    case 0 -> pair(turns, atNs, lastsNs, false, way, What.SILENT, What.HEARD);
                    case 1 -> pair(turns, atNs, lastsNs, false, way, What.DOWN, What.UP);
                    case 2 -> pair(turns, atNs, lastsNs, false, way, What.LOSES_ADDRESS, What.HAS_ADDRESS);
                    default -> turns.add(new Turn(atNs, false, way, What.FORGETS));
                }
                atNs += lastsNs + random.between(1, 4_000) * MS;
            }
        }
        turns.sort(Comparator.comparingLong(Turn::atNs));
        return turns;
    }

    /**
     * A seed's of every kind, for one host. The link {@code anchor} keeps its packets, addresses and endpoints. The server's first address
     * is where programs connect to: it may be away for a while, but is none that another takes the place of.
     */
    static List<Turn> ofAll(SplitMix64 random, boolean atServer, int ways, int anchor) {
        var turns = new ArrayList<Turn>();
        for (int way = 0; way < ways; way++) {
            long atNs = random.between(1, 1_000) * MS;
            int count = random.between(atServer ? 1 : 0, 5);
            for (int i = 0; i < count; i++) {
                long lastsNs = random.between(20, random.chance(0.1) ? 30_000 : 2_000) * MS;
                switch (random.nextInt(way == anchor ? 2 : 7)) {
                    case 0 -> turns.add(new Turn(atNs, atServer, way, What.PRIORITY));
                    case 1 -> turns.add(new Turn(atNs, atServer, way, What.CHOOSES));
                    case 2 -> pair(turns, atNs, lastsNs, atServer, way, What.SILENT, What.HEARD);
                    case 3 -> pair(turns, atNs, lastsNs, atServer, way, What.DOWN, What.UP);
                    case 4 -> pair(turns, atNs, lastsNs, atServer, way, What.LOSES_ADDRESS, What.HAS_ADDRESS);
                    case 5 -> pair(turns, atNs, lastsNs, atServer, way, What.LOSES_ENDPOINTS, What.HAS_ENDPOINTS);
                    default -> turns.add(new Turn(atNs, atServer, way,
                            !atServer && random.chance(0.5)
                                    ? What.FORGETS
                                    : way > 0 || !atServer
                                            ? What.MOVES
                                            : What.PRIORITY));
                }
                atNs += lastsNs + random.between(1, 1_500) * MS;
            }
        }
        return turns;
    }

    private static void pair(
            List<Turn> turns, long atNs, long lastsNs, boolean atServer, int way, What begins, What ends) {
        turns.add(new Turn(atNs, atServer, way, begins));
        turns.add(new Turn(atNs + lastsNs, atServer, way, ends));
    }

    @Override
    public String toString() {
        return "%.3f %s %s%d".formatted(atNs / 1e9, what, atServer ? "server's " : "", way);
    }
}
