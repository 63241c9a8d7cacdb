package dev.braid.bench.tun;

import java.util.List;
import java.util.Locale;

/**
 * Bars with their ranges, one block a test, as SVG. Every test has a scale of its own; colours follow the reader's light or
 * dark theme, and peers are told apart by their labels, not by colour.
 */
final class Chart {
    private static final int WIDTH = 760;
    private static final int LABEL = 90;
    private static final int BAR = 18;
    private static final int TITLE = 34;
    private static final int VALUE = 130;
    private static final int MARGIN = 12;

    private static final String STYLE = """
            <style>
            text { font: 13px sans-serif; fill: #1f2328; }
            .title { font-weight: bold; }
            .bar { fill: #9aa7b4; }
            .braid { fill: #0969da; }
            .range { stroke: #1f2328; stroke-width: 1.5; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3; }
              .bar { fill: #59636e; }
              .braid { fill: #4493f8; }
              .range { stroke: #e6edf3; }
            }
            </style>
            """;

    private Chart() {}

    /** The chart of these tests. */
    static String svg(List<TestCase> tests, List<Measurement> measurements) {
        var body = new StringBuilder();
        int y = MARGIN;
        for (TestCase test : tests) {
            List<Row> rows = Row.of(test, measurements);
            if (!rows.isEmpty()) {
                y = block(body, test, rows, y);
            }
        }
        int height = y + MARGIN;
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">
                <title>braid bench tun</title>
                %s%s</svg>
                """, WIDTH, height, WIDTH, height, STYLE, body);
    }

    private static int block(StringBuilder body, TestCase test, List<Row> rows, int top) {
        double most = rows.stream().mapToDouble(Row::max).max().orElseThrow();
        double scale = most > 0 ? (WIDTH - LABEL - VALUE - 2 * MARGIN) / most : 0;
        String better = test.unit().moreIsBetter() ? "more is better" : "less is better";
        text(body, MARGIN, top + 20, "title",
                test.label() + ": " + test.description() + ", " + test.unit().text() + " ("
                        + better + ")");
        int y = top + TITLE;
        for (Row row : rows) {
            int left = MARGIN + LABEL;
            int middle = y + BAR / 2 - 1;
            text(body, MARGIN, y + 13, "peer", row.peer().label());
            body.append(String.format(Locale.ROOT,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                    row.peer().isBraid() ? "braid" : "bar", left, y, row.median() * scale, BAR - 4));
            body.append(String.format(Locale.ROOT,
                    "<line class=\"range\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n", left + row.min() * scale,
                    middle, left + row.max() * scale, middle));
            text(body, (int) (left + row.max() * scale) + 8, y + 13, "value",
                    String.format(Locale.ROOT, "%,.1f", row.median()));
            y += BAR;
        }
        return y + MARGIN;
    }

    private static void text(StringBuilder body, int x, int y, String kind, String text) {
        String safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        body.append(String.format(Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n", kind, x, y, safe));
    }
}
