package dev.braid.tools.bind;

import java.io.IOException;

/** Another process has claimed the host: it binds its links, begins to, or undoes what it did. */
public final class ClaimedException extends IOException {
    private static final long serialVersionUID = 1L;

    ClaimedException(String message) {
        super(message);
    }
}
