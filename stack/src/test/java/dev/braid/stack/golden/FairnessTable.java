package dev.braid.stack.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** How several flows share one bottleneck. */
final class FairnessTable {
    private static final List<String> COLUMNS = List.of("jain", "least", "most", "first", "total", "resent", "queue");
    private static final List<String> PREFACE = List.of(
            "How flows share one bottleneck of " + FairnessCell.PATH.megabits() + " Mbit/s and "
                    + FairnessCell.PATH.rttMs()
                    + " ms in the simulator, queue of one bandwidth-delay product, no random loss.",
            "docs/laboratory.md says how to read it, tools/bin/verify golden --rewrite writes it.");
    private static final int FARTHER_MS = 75;

    private final List<FairnessCell> cells = cells();
    private final Grid grid = new Grid("shares of the flows",
            List.of(Grid.line("flows first  second farther", COLUMNS.size(), COLUMNS.size(), Grid::right, COLUMNS)),
            cells.stream().map(FairnessTable::key).toList(), COLUMNS.size(), COLUMNS.size());
    private final GoldenFile file = new GoldenFile("fairness.txt", PREFACE, List.of(grid));

    private static List<FairnessCell> cells() {
        var cells = new ArrayList<FairnessCell>();
        for (String control : Controls.ALL) {
            for (int flows : new int[] {2, 8, 32}) {
                cells.add(new FairnessCell(flows, control, control, 0));
            }
            cells.add(new FairnessCell(2, control, control, FARTHER_MS));
            cells.add(new FairnessCell(8, control, control, FARTHER_MS));
        }
        for (int flows : new int[] {2, 8}) {
            cells.add(new FairnessCell(flows, "cubic", "reno", 0));
            cells.add(new FairnessCell(flows, "bbr", "cubic", 0));
        }
        return cells;
    }

    private static String key(FairnessCell cell) {
        return String.format("%5d %-6s %-6s %4d ms", cell.flows(), cell.first(), cell.second(), cell.fartherMs());
    }

    /** Measures what the run asks for. */
    void run() {
        var run = new GoldenRun(file);
        FairnessCell.Result[] results = new FairnessCell.Result[cells.size()];
        IntStream.range(0, results.length).parallel().filter(row -> isWanted(run, cells.get(row)))
                .forEach(row -> results[row] = cells.get(row).run());
        for (int row = 0; row < results.length; row++) {
            if (results[row] != null) {
                take(run, row, results[row]);
            }
        }
        run.end();
    }

    private static boolean isWanted(GoldenRun run, FairnessCell cell) {
        return run.wants(cell.flows() == 8, cell.first(), cell.second());
    }

    private void take(GoldenRun run, int row, FairnessCell.Result result) {
        List<String> found = List.of(
                GoldenRun.share(result.jain()),
                GoldenRun.share(result.least()),
                GoldenRun.share(result.most()),
                GoldenRun.share(result.firstShare()),
                GoldenRun.share(result.total()),
                GoldenRun.percent(result.resent()),
                GoldenRun.tenths(result.queueMs()));
        for (int column = 0; column < found.size(); column++) {
            run.take(grid, row, column, COLUMNS.get(column) + " of " + key(cells.get(row)), found.get(column));
        }
    }
}
