package dev.braid.bench.aggregation;

import dev.braid.bench.worker.Message;

/**
 * Two emulated links.
 *
 * @param mbit rates of both, Ethernet bytes counted
 * @param delayMs one way, of both
 */
record Cell(Rates mbit, Delays delayMs) {
    private static final int LEAST_QUEUE = 20;
    private static final int MOST_QUEUE = 100;
    private static final int FRAME = 1514;

    /** Mbit/s. */
    enum Rates {
        EQUAL(10, 10),
        UNEQUAL(10, 3),
        HOME(40, 20),
        FAST(100, 30);

        final int first;
        final int second;

        Rates(int first, int second) {
            this.first = first;
            this.second = second;
        }
    }

    /** Milliseconds one way. */
    enum Delays {
        NONE(0, 0),
        SECOND_FAR(1, 25),
        FIRST_FAR(25, 1),
        FAR(10, 100);

        final int first;
        final int second;

        Delays(int first, int second) {
            this.first = first;
            this.second = second;
        }
    }

    /** Its name in options and reports: {@code 40/20@1/25}. */
    String label() {
        return mbit.first + "/" + mbit.second + "@" + delayMs.first + "/" + delayMs.second;
    }

    /** Whether the two links delay packets alike. */
    boolean isLevel() {
        return delayMs.first == delayMs.second;
    }

    /** Packets that wait for a link: as many as are on their way there and back, within bounds. */
    int queuePackets(int link) {
        long inFlight = rate(link) * 1_000_000L / 8 * 2 * delay(link) / 1000 / FRAME;
        return Math.clamp(inFlight, LEAST_QUEUE, MOST_QUEUE);
    }

    private int rate(int link) {
        return link == 0 ? mbit.first : mbit.second;
    }

    private int delay(int link) {
        return link == 0 ? delayMs.first : delayMs.second;
    }

    /** The order for the emulator of a link. */
    Message link(int link, boolean down) {
        return Message.of("link")
                .with("mbit", rate(link))
                .with("queue", queuePackets(link) * FRAME)
                .with("delay_us", delay(link) * 1000)
                .with("seed", 1)
                .with("reverse", down);
    }
}
