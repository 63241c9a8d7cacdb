package dev.braid.tools.nstat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What {@code nstat} showed last of one process, in the form in which it showed it; gone with the process. */
final class History {
    private final Path file;

    private History(Path file) {
        this.file = file;
    }

    /** The file that {@code NSTAT_HISTORY} names, else this one. */
    static History of(Path file) {
        String named = System.getenv("NSTAT_HISTORY");
        if (named != null && !named.isEmpty()) {
            return new History(Path.of(named));
        }
        return new History(file);
    }

    static History in(Path file) {
        return new History(file);
    }

    static String line(String name, long value) {
        return String.format(Locale.ROOT, "%-31s %-16d   0.0%n", name, value);
    }

    /** What was remembered; nothing when nothing was. Lines that are none are passed over. */
    Map<String, Long> read() throws IOException {
        var remembered = new LinkedHashMap<String, Long>();
        if (!Files.exists(file)) {
            return remembered;
        }
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String[] words = line.split("\\s+");
            if (words.length >= 2 && words[1].matches("-?\\d{1,18}")) {
                remembered.put(words[0], Long.parseLong(words[1]));
            }
        }
        return remembered;
    }

    /** Replaces what was remembered, at once. */
    void write(Map<String, Long> counted) throws IOException {
        var text = new StringBuilder("#kernel\n");
        counted.forEach((name, value) -> text.append(line(name, value)));
        Path beside = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
        Files.writeString(beside, text, StandardCharsets.UTF_8);
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
