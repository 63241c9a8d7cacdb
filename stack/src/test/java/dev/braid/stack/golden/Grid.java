package dev.braid.stack.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** One table of a golden file: a title, a heading, and rows of a key and values, all of them text. */
final class Grid {
    /** Of a value that nobody measured. */
    static final String NONE = "-";

    private static final int WIDTH = 7;

    final String title;
    private final List<String> heading;
    private final List<String> keys;
    private final int columnsInGroup;
    private final String[][] values;

    /**
     * A table without values.
     *
     * @param heading lines between title and rows
     * @param keys what the rows begin with, all of one length
     * @param columns how many values a row has
     * @param columnsInGroup how many values stand between two bars
     */
    Grid(String title, List<String> heading, List<String> keys, int columns, int columnsInGroup) {
        this.title = title;
        this.heading = heading;
        this.keys = keys;
        this.columnsInGroup = columnsInGroup;
        this.values = new String[keys.size()][columns];
        for (String[] row : values) {
            Arrays.fill(row, NONE);
        }
    }

    String value(int row, int column) {
        return values[row][column];
    }

    void put(int row, int column, String value) {
        values[row][column] = value;
    }

    /** A line as {@link #text} writes it, of any words. */
    static String line(String key, int columns, int columnsInGroup, UnaryOperator<String> pad, List<String> words) {
        var line = new StringBuilder(key);
        for (int i = 0; i < columns; i++) {
            line.append(i % columnsInGroup == 0 ? " |" : "").append(pad.apply(words.get(i)));
        }
        return line.toString().stripTrailing();
    }

    static String right(String word) {
        return String.format("%" + WIDTH + "s", word);
    }

    /** The table as it stands in the file. */
    List<String> text() {
        var lines = new ArrayList<String>();
        lines.add("== " + title);
        lines.addAll(heading);
        for (int row = 0; row < keys.size(); row++) {
            lines.add(line(keys.get(row), values[row].length, columnsInGroup, Grid::right, List.of(values[row])));
        }
        lines.add("");
        return lines;
    }

    /** Takes over the values that a file has; rows and tables that it has not keep theirs. */
    void read(List<String> file) {
        int from = file.indexOf("== " + title);
        for (int at = from + 1; from >= 0 && at < file.size() && !file.get(at).isEmpty(); at++) {
            String line = file.get(at);
            for (int row = 0; row < keys.size(); row++) {
                if (line.startsWith(keys.get(row) + " |")) {
                    String rest = line.substring(keys.get(row).length()).replace('|', ' ').strip();
                    String[] words = rest.split(" +");
                    System.arraycopy(words, 0, values[row], 0, Math.min(words.length, values[row].length));
                }
            }
        }
    }
}
