package dev.braid.bench.aggregation;

import dev.braid.bench.bed.OtherLoad;
import dev.braid.bench.worker.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs transfers on one bed. In each round a cell is measured with each link alone and with both, by Braid and by the kernel in turns,
 * so that what drifts drifts for all. Links are made anew for every transfer.
 */
final class AggregationTable {
    private static final long DRAIN_LIMIT_MS = 3_000;
    private static final long ORDER_SLACK_S = 30;
    private static final long WARM_UP_MS = 1_500;

    private final AggregationBed bed;
    private final OtherLoad load;
    private final long ms;
    private final Consumer<String> progress;

    /** @param ms how long each transfer sends */
    AggregationTable(AggregationBed bed, OtherLoad load, long ms, Consumer<String> progress) {
        this.bed = bed;
        this.load = load;
        this.ms = ms;
        this.progress = progress;
    }

    /** Lets the JITs compile what they will run. */
    void warmUp() throws IOException {
        var cell = new Cell(Cell.Rates.FAST, Cell.Delays.NONE);
        for (boolean down : new boolean[] {true, false, true, false}) {
            for (boolean braid : new boolean[] {true, false}) {
                Transfer unused = transfer(cell, braid, down, Use.BOTH, WARM_UP_MS);
            }
        }
    }

    /** All rounds of a cell. */
    Comparison run(Cell cell, int rounds) throws IOException {
        var transfers = new ArrayList<Transfer>();
        for (int round = 0; round < rounds; round++) {
            for (boolean down : new boolean[] {true, false}) {
                for (Use use : Use.values()) {
                    for (boolean braid : new boolean[] {true, false}) {
                        transfers.add(transfer(cell, braid, down, use, ms));
                    }
                }
            }
        }
        var comparison = new Comparison(cell, List.copyOf(transfers));
        progress.accept(AggregationReport.progress(comparison));
        return comparison;
    }

    private Transfer transfer(Cell cell, boolean braid, boolean down, Use use, long forMs) throws IOException {
        bed.join(use == Use.BOTH);
        for (int i = 0; i < 2; i++) {
            bed.link(i).order(Message.of("drain").with("within_ms", DRAIN_LIMIT_MS));
            bed.link(i).order(cell.link(i, down));
        }
        bed.server().order(Message.of("report"));
        load.takeWorst();
        Message order = Message.of("move")
                .with("host", AggregationBed.SERVER)
                .with("ms", forMs)
                .with("down", down)
                .with("local", bed.address(braid, use));
        double mbit = 0;
        String failure = null;
        try {
            Message moved = bed.client(braid).order(order, forMs / 1000 + ORDER_SLACK_S);
            Message report = down ? moved : bed.server().order(Message.of("report"));
            if (!down && report.number("wrong") != 0) {
                throw new IOException("the server got other bytes than were sent");
            }
            mbit = 8e3 * report.number("received") / (report.number("last_byte_ns") - moved.number("start_ns"));
        } catch (IOException e) {
            failure = e.getMessage();
        }
        return new Transfer(cell, braid, down, use, mbit, failure, load.takeWorst());
    }
}
