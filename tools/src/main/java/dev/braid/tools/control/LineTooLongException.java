package dev.braid.tools.control;

import java.io.IOException;

/** A line did not end within its bound. */
final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    LineTooLongException(int bound) {
        super("a line of more than " + bound + " bytes");
    }
}
