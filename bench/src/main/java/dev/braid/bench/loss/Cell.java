package dev.braid.bench.loss;

import dev.braid.bench.worker.Message;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * An emulated link and how much is sent over it: enough for about two seconds of the kernel's TCP. Queues lie between a
 * quarter of the bandwidth-delay product and four of it, as they are found outside.
 */
enum Cell {
    LAN(250, 2, 64_000, 50_000_000, "", "no loss but what its queue overflows"),
    FIBRE(200, 10, 250_000, 12_000_000, "loss=0.001", "0.1 % lost"),
    CABLE(100, 20, 62_500, 16_000_000, "", "no loss but what its short queue overflows"),
    DSL(16, 30, 120_000, 3_500_000, "back_mbit=1 loss=0.001", "0.1 % lost, ACKs at 1 Mbit/s"),
    WIFI(60, 8, 250_000, 3_000_000, "loss=0.01 jitter_us=4000", "1 % lost, up to 4 ms of jitter"),
    LTE(40, 50, 500_000, 5_000_000, "burst=0.001 recover=0.3 jitter_us=8000 back_mbit=10",
            "bursts of 3.3 packets lost, 0.3 % in all, up to 8 ms of jitter"),
    EDGE(4, 120, 60_000, 300_000, "loss=0.01", "1 % lost"),
    SATELLITE(20, 560, 1_400_000, 1_200_000, "loss=0.001", "0.1 % lost"),
    TRANSATLANTIC(100, 90, 1_125_000, 4_000_000, "loss=0.001", "0.1 % lost"),
    CONGESTED(20, 40, 100_000, 400_000, "loss=0.03", "3 % lost"),
    REORDERING(50, 20, 125_000, 8_000_000, "reorder=0.02 reorder_us=4000", "2 % arrive 4 ms late, none is lost"),
    DUPLICATING(50, 20, 125_000, 5_000_000, "loss=0.001 duplicate=0.01", "0.1 % lost, 1 % arrive twice");

    /** Faster than this, a cell loads the processors and has them for itself. */
    private static final int SLOW_MBIT = 100;
    /** With a queue of less time than this, a cell minds if the processors are late. */
    private static final int LONG_QUEUE_MS = 10;

    private final int mbit;
    private final int rttMs;
    private final int queue;
    private final long bytes;
    private final String impairments;
    private final String loss;

    Cell(int mbit, int rttMs, int queue, long bytes, String impairments, String loss) {
        this.mbit = mbit;
        this.rttMs = rttMs;
        this.queue = queue;
        this.bytes = bytes;
        this.impairments = impairments;
        this.loss = loss;
    }

    /** Its name in options and reports. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The cell of this name. */
    static Optional<Cell> named(String label) {
        return Arrays.stream(values()).filter(cell -> cell.label().equals(label)).findFirst();
    }

    /** Bytes of one transfer. */
    long bytes() {
        return bytes;
    }

    /** Whether several such cells may run at a time without minding one another. */
    boolean isSlow() {
        return mbit <= SLOW_MBIT && queue * 8 / 1000 / mbit >= LONG_QUEUE_MS;
    }

    /** What a reader of the table is told. */
    String description() {
        return mbit + " Mbit/s, " + rttMs + " ms, queue " + queue / 1000 + " kB, " + loss;
    }

    /** The order for the emulator. */
    Message link(long seed) {
        return Message.parse("link " + impairments)
                .with("mbit", mbit)
                .with("queue", queue)
                .with("delay_us", rttMs * 500L)
                .with("seed", seed);
    }

    /** The same link without impairments, queue or much delay, for warming up. */
    static Message warmUpLink() {
        return Message.of("link").with("mbit", 400).with("queue", 1_000_000).with("delay_us", 500).with("seed", 0)
                .with("loss", 0.0005);
    }
}
