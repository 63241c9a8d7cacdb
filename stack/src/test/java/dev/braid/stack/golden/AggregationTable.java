package dev.braid.stack.golden;

import dev.braid.stack.mptcp.scheduler.EarliestCompletion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What two links carry together over one connection of Multipath TCP, beside what each carries alone. */
final class AggregationTable {
    private static final int[][] MEGABITS = {{10, 10}, {10, 3}, {40, 20}, {100, 30}};
    private static final int[][] DELAYS_MS = {{0, 0}, {1, 25}, {25, 1}, {10, 100}};
    private static final List<String> DIRECTION = List.of("first", "second", "both", "of sum");
    private static final List<String> PREFACE = List.of(
            "Goodput over two links in the simulator, Mbit/s of payload: docs/laboratory.md says how to read it, tools/bin/verify golden",
            "--rewrite writes it. CUBIC, the default scheduler, queues of 20 to 100 packets, programs that write for "
                    + AggregationCell.WRITE_MS / 1000 + " seconds.");

    private final List<TwoLinks> cells = cells();
    private final Grid grid = grid();
    private final GoldenFile file = new GoldenFile("aggregation.txt", PREFACE, List.of(grid));

    private static List<TwoLinks> cells() {
        var cells = new ArrayList<TwoLinks>();
        for (int[] megabits : MEGABITS) {
            for (int[] ms : DELAYS_MS) {
                cells.add(new TwoLinks(megabits[0], megabits[1], ms[0], ms[1]));
            }
        }
        return cells;
    }

    private Grid grid() {
        int group = DIRECTION.size();
        var directions = new ArrayList<String>();
        var words = new ArrayList<String>();
        for (String direction : List.of("down", "up")) {
            for (String word : DIRECTION) {
                directions.add(words.size() % group == 0 ? "  " + direction : "");
                words.add(word);
            }
        }
        return new Grid("goodput of each link alone and of both",
                List.of(
                        Grid.line("                ", 2 * group, group,
                                word -> word.isEmpty() ? "" : String.format("%-28s", word), directions),
                        Grid.line("Mbit/s   @    ms", 2 * group, group, Grid::right, words)),
                cells.stream().map(AggregationTable::key).toList(), 2 * group, group);
    }

    private static String key(TwoLinks links) {
        return String.format("%-16s", links);
    }

    /** Measures what the run asks for. */
    void run() {
        var run = new GoldenRun(file);
        int runs = 2 * cells.size();
        AggregationCell.Result[] results = new AggregationCell.Result[runs];
        IntStream.range(0, runs).parallel().filter(index -> run.wants(isRepresentative(cells.get(index / 2)), "cubic"))
                .forEach(index -> results[index] = cell(index).run(EarliestCompletion.NAME, AggregationCell.WRITE_MS));
        for (int index = 0; index < runs; index++) {
            if (results[index] != null) {
                take(run, index, results[index]);
            }
        }
        run.end();
    }

    private AggregationCell cell(int index) {
        return new AggregationCell(cells.get(index / 2), index % 2 == 0);
    }

    private void take(GoldenRun run, int index, AggregationCell.Result result) {
        List<String> found = List.of(
                mbit(result.first()), mbit(result.second()), mbit(result.both()),
                String.format(Locale.ROOT, "%.3f", result.ofSum()));
        for (int i = 0; i < found.size(); i++) {
            int column = index % 2 * found.size() + i;
            run.take(grid, index / 2, column, cell(index) + ", " + DIRECTION.get(i), found.get(i));
        }
    }

    private static String mbit(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** Slow links, whose runs are short: equal delays and the most unequal ones. */
    private static boolean isRepresentative(TwoLinks links) {
        return links.firstMegabits() == 10 && (links.isLevel() || links.secondMs() == 100);
    }
}
