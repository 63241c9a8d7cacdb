package dev.braid.tools.host;

import java.util.Locale;

/** What a person wants a link to be used for. */
public enum Role {
    /** Used whenever it is there. */
    PRIMARY,
    /** Used besides the primary links by connections that move much, and while no primary link works. */
    OVERFLOW,
    /** Used only while no primary or overflow link works. */
    BACKUP,
    /** Not used. */
    OFF;

    /** The word that people type and read. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
