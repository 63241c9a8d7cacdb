package dev.braid.bench.loss;

import dev.braid.bench.bed.OtherLoad;
import dev.braid.bench.worker.Message;
import dev.braid.fastpath.sim.SplitMix64;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs transfers on one bed: each round measures every pair once, one after another, so that what drifts drifts for all. The
 * link is made anew for each transfer, from a seed that belongs to the round: its n-th data packet meets the same fate in every pair,
 * and another one in every round, so that one lucky or unlucky draw does not decide about a cell.
 */
final class LossTable {
    private static final int DISCARD = 9;
    private static final long TRANSFER_LIMIT_MS = 20_000;
    /** Longer than the transfer's own limit, so that a slow transfer is one and not a dead worker. */
    private static final long ORDER_LIMIT_S = 30;
    private static final long DRAIN_LIMIT_MS = 3_000;
    private static final long WARM_UP_BYTES = 16_000_000;
    private static final int WARM_UPS = 3;
    private static final String WARM_UP_CONTROL = "cubic";

    private final LossBed bed;
    private final OtherLoad load;
    private final long seed;
    private final @Nullable Path traces;
    private final Consumer<String> progress;

    /**
     * A table that has not run yet.
     *
     * @param seed decides which packets are lost
     * @param traces a folder for what senders say of themselves, or {@code null}
     * @param progress told of each finished cell
     */
    LossTable(LossBed bed, OtherLoad load, long seed, @Nullable Path traces, Consumer<String> progress) {
        this.bed = bed;
        this.load = load;
        this.seed = seed;
        this.traces = traces;
        this.progress = progress;
    }

    /** Lets the JITs of both Braids and of the emulator compile what they will run. */
    void warmUp() throws IOException {
        bed.pin(WARM_UP_CONTROL);
        for (int i = 0; i < WARM_UPS; i++) {
            for (Pair pair : Pair.values()) {
                bed.link().order(Cell.warmUpLink());
                send(pair, order(pair, WARM_UP_BYTES));
                bed.receiver(pair).order(Message.of("report"));
            }
        }
    }

    /** All rounds of a cell under a congestion control. */
    Comparison run(Cell cell, String control, int rounds) throws IOException {
        bed.pin(control);
        var transfers = new ArrayList<Transfer>();
        for (int round = 1; round <= rounds; round++) {
            for (Pair pair : Pair.values()) {
                transfers.add(transfer(cell, control, pair, round));
            }
        }
        var comparison = new Comparison(cell, control, transfers);
        progress.accept(LossReport.progress(comparison));
        return comparison;
    }

    private Transfer transfer(Cell cell, String control, Pair pair, int round) throws IOException {
        bed.link().order(Message.of("drain").with("within_ms", DRAIN_LIMIT_MS));
        bed.link().order(cell.link(SplitMix64.at(seed, round)));
        bed.receiver(pair).order(Message.of("report"));
        Message linkBefore = bed.link().order(Message.of("counters"));
        Message senderBefore = bed.sender(pair).order(Message.of("counters"));
        load.takeWorst();
        double mbit = 0;
        String failure = null;
        try {
            Message order = order(pair, cell.bytes());
            if (traces != null) {
                String name = String.join("-", cell.label(), control, pair.label(), Integer.toString(round));
                order = order.with("trace", traces.resolve(name + ".txt"));
            }
            Message sent = send(pair, order);
            Message report = bed.receiver(pair).order(Message.of("report"));
            requireRight(cell, pair, report);
            mbit = 8e3 * cell.bytes() / (report.number("last_byte_ns") - sent.number("start_ns"));
        } catch (LateException e) {
            failure = e.getMessage();
        }
        return new Transfer(cell, control, pair, round, mbit,
                difference(bed.sender(pair).order(Message.of("counters")), senderBefore),
                difference(bed.link().order(Message.of("counters")), linkBefore), failure, load.takeWorst());
    }

    /** A transfer that was not done in time. */
    private static final class LateException extends IOException {
        private static final long serialVersionUID = 1L;

        LateException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private Message order(Pair pair, long bytes) {
        return Message.of("send")
                .with("host", bed.receiverAddress(pair))
                .with("port", DISCARD)
                .with("bytes", bytes)
                .with("within_ms", TRANSFER_LIMIT_MS);
    }

    private Message send(Pair pair, Message order) throws IOException {
        try {
            return bed.sender(pair).order(order, ORDER_LIMIT_S);
        } catch (IOException e) {
            throw new LateException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A fast wrong answer does not count. */
    private static void requireRight(Cell cell, Pair pair, Message report) throws IOException {
        if (report.number("wrong") != 0 || report.number("received") != cell.bytes()) {
            throw new IOException(cell.label() + ' ' + pair.label() + ": the receiver got other bytes than were sent: "
                    + report);
        }
    }

    private static Map<String, Long> difference(Message after, Message before) {
        var difference = new LinkedHashMap<String, Long>();
        after.values().forEach((name, value) -> {
            String earlier = before.values().get(name);
            long change = Long.parseLong(value) - (earlier == null ? 0 : Long.parseLong(earlier));
            if (change != 0) {
                difference.put(name, change);
            }
        });
        return difference;
    }
}
