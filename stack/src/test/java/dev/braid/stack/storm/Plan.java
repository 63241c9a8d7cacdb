package dev.braid.stack.storm;

import dev.braid.fastpath.sim.SplitMix64;

/** What the two ends of one connection do. */
record Plan(int bytesUp, int bytesDown, Ending ending, long startNs, int abortAfter) {
    /** How a connection is to end. */
    enum Ending {
        /** Each side finishes after its last byte and reads to the end of the other's. */
        ORDERLY,
        /** The client finishes first; the server begins to send when it has read the end. */
        HALF_CLOSED,
        /** The client aborts after some bytes. */
        CLIENT_ABORTS,
        /** The server aborts after some bytes. */
        SERVER_ABORTS,
        /** The client closes, reading nothing any more, after some bytes. */
        CLIENT_CLOSES_EARLY,
        /** Nobody listens on the port. */
        REFUSED
    }

    static Plan of(SplitMix64 random) {
        Ending[] all = Ending.values();
        Ending ending = random.chance(0.6) ? Ending.ORDERLY : all[random.nextInt(all.length)];
        int up = size(random);
        int down = size(random);
        long start = random.chance(0.5) ? 0 : random.nextInt(500) * 1_000_000L;
        return new Plan(up, down, ending, start, random.nextInt(Math.max(1, up + down)));
    }

    /** Much in one direction or both, to an orderly end. */
    static Plan large(SplitMix64 random) {
        int up = random.chance(0.5) ? random.nextInt(2_000_000) : size(random);
        int down = random.chance(0.5) ? random.nextInt(2_000_000) : size(random);
        return new Plan(up, down, Ending.ORDERLY, 0, 0);
    }

    /** Mostly small, sometimes nothing, now and then much. */
    private static int size(SplitMix64 random) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(10);
            case 2, 3, 4 -> random.nextInt(5_000);
            case 5, 6 -> random.nextInt(60_000);
            default -> random.nextInt(400_000);
        };
    }
}
