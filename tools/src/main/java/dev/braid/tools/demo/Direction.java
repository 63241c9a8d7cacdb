package dev.braid.tools.demo;

import java.util.Locale;

/** Which way a transfer goes, seen from Braid. */
enum Direction {
    DOWNLOAD,
    UPLOAD;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
