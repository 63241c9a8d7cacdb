package dev.braid.tools.host;

import java.util.Locale;

/** What connections are to get out of several links. */
public enum Goal {
    /** The links' rates together. */
    AGGREGATE,
    /** The link that answers soonest. */
    LATENCY,
    /** Everything over two links at once, whichever comes first. */
    REDUNDANT,
    /** One link at a time, another one when it fails. */
    HANDOVER;

    /** The word that people type and read. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
