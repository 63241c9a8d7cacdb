package dev.braid.tools.ss;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The names of TCP ports in {@code /etc/services}. */
final class ServiceNames {
    private static final Path FILE = Path.of("/etc/services");

    private ServiceNames() {}

    /** By port; empty where there is no such file. */
    static Map<Integer, String> read() {
        var names = new HashMap<Integer, String>();
        try {
            for (String line : Files.readAllLines(FILE, StandardCharsets.ISO_8859_1)) {
                String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
                if (words.length >= 2 && words[1].matches("\\d{1,5}/tcp")) {
                    names.putIfAbsent(Integer.parseInt(words[1].substring(0, words[1].indexOf('/'))), words[0]);
                }
            }
        } catch (IOException e) {
            // Then ports stay numbers.
        }
        return names;
    }
}
