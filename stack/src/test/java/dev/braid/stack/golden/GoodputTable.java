package dev.braid.stack.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The goodput of one flow by rate, round trip, random loss and congestion control. */
final class GoodputTable {
    private static final int[] MEGABITS = {10, 100, 1000};
    private static final int[] RTTS_MS = {1, 20, 100, 300};
    private static final String[] LOSSES = {"0", "0.1", "1", "3"};
    private static final int COLUMNS = LOSSES.length * Controls.ALL.size();
    private static final List<String> PREFACE = List.of(
            "Goodput of one flow in the simulator: docs/laboratory.md says how to read it, tools/bin/verify golden --rewrite",
            "writes it. Queue of one bandwidth-delay product, at least 64 packets; random loss of data packets from a fixed seed.");

    private final Grid whole = grid("goodput of the whole run, share of the link's ceiling");
    private final Grid settled = grid("goodput of the second half of the run, share of the link's ceiling");
    private final Grid resent = grid("bytes sent again, percent of all sent");
    private final Grid queue = grid("mean queueing delay, ms");
    private final GoldenFile file = new GoldenFile("goodput.txt", PREFACE, List.of(whole, settled, resent, queue));

    private static Grid grid(String title) {
        var keys = new ArrayList<String>();
        for (int megabits : MEGABITS) {
            for (int rttMs : RTTS_MS) {
                keys.add(String.format("%6d %4d", megabits, rttMs));
            }
        }
        var losses = new ArrayList<String>();
        var controls = new ArrayList<String>();
        for (String loss : LOSSES) {
            for (String control : Controls.ALL) {
                losses.add(losses.size() % Controls.ALL.size() == 0 ? "  loss " + loss + " %" : "");
                controls.add(control);
            }
        }
        UnaryOperator<String> groups = word -> word.isEmpty() ? "" : String.format("%-28s", word);
        List<String> heading = List.of(
                Grid.line("           ", COLUMNS, Controls.ALL.size(), groups, losses),
                Grid.line("Mbit/s  RTT", COLUMNS, Controls.ALL.size(), Grid::right, controls));
        return new Grid(title, heading, keys, COLUMNS, Controls.ALL.size());
    }

    /** Measures what the run asks for, the cells of a row side by side. */
    void run() {
        var run = new GoldenRun(file);
        for (int row = 0; row < MEGABITS.length * RTTS_MS.length; row++) {
            int line = row;
            GoodputCell.Result[] results = new GoodputCell.Result[COLUMNS];
            IntStream.range(0, COLUMNS).parallel().filter(column -> isWanted(run, line, column))
                    .forEach(column -> results[column] = cell(line, column).run());
            for (int column = 0; column < COLUMNS; column++) {
                if (results[column] != null) {
                    take(run, row, column, results[column]);
                }
            }
            run.keep();
        }
        run.end();
    }

    private static boolean isWanted(GoldenRun run, int row, int column) {
        GoodputCell cell = cell(row, column);
        return run.wants(isRepresentative(cell.path().megabits(), cell.path().rttMs()), cell.control());
    }

    private static GoodputCell cell(int row, int column) {
        var path = new Bottleneck(
                MEGABITS[row / RTTS_MS.length],
                RTTS_MS[row % RTTS_MS.length],
                Double.parseDouble(LOSSES[column / Controls.ALL.size()]));
        return new GoodputCell(path, Controls.ALL.get(column % Controls.ALL.size()));
    }

    private void take(GoldenRun run, int row, int column, GoodputCell.Result result) {
        String what = cell(row, column).toString();
        run.take(whole, row, column, what, GoldenRun.share(result.whole()));
        run.take(settled, row, column, what, GoldenRun.share(result.settled()));
        run.take(resent, row, column, what, GoldenRun.percent(result.resent()));
        run.take(queue, row, column, what, GoldenRun.tenths(result.queueMs()));
    }

    /** Some seconds' worth of cells: slow and fast, short and long, every loss and every control. */
    private static boolean isRepresentative(int megabits, int rttMs) {
        return (megabits == 10 && rttMs != 20) || (megabits == 100 && rttMs == 20);
    }
}
