package dev.braid.stack.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file of tables in the tree: what the simulator showed when somebody last said that it is as it should be. */
final class GoldenFile {
    private final Path path;
    private final List<String> preface;
    final List<Grid> grids;

    /**
     * The file with its values read.
     *
     * @param name in {@code stack/src/test/golden}
     * @param preface lines before the first table
     */
    GoldenFile(String name, List<String> preface, List<Grid> grids) {
        this.path = Path.of(System.getProperty("basedir", "."), "src", "test", "golden", name);
        this.preface = preface;
        this.grids = grids;
        List<String> lines = lines();
        for (Grid grid : grids) {
            grid.read(lines);
        }
    }

    /** As the tree has it. */
    List<String> lines() {
        try {
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it would be written now. */
    List<String> text() {
        var text = new ArrayList<>(preface);
        text.add("");
        for (Grid grid : grids) {
            text.addAll(grid.text());
        }
        text.removeLast();
        return text;
    }

    void write() {
        try {
            Files.createDirectories(path.getParent());
            Files.write(path, text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
