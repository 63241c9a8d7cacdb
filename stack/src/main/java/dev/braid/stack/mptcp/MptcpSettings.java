package dev.braid.stack.mptcp;

import dev.braid.stack.tcp.UpperSettings;
import org.jspecify.annotations.Nullable;

/**
 * What an application may choose about a connection that TCP knows nothing of. A listener's settings are copied to each connection it
 * takes. Core thread only.
 */
public final class MptcpSettings implements UpperSettings {
    /** The packet scheduler's name; {@code null} = {@code net.mptcp.scheduler}. */
    public @Nullable String scheduler;
    /** The path managers' names, separated by blanks; {@code null} = {@code net.mptcp.path_manager}. */
    public @Nullable String pathManagers;

    /** The host's defaults. */
    public MptcpSettings() {}

    /** A copy. */
    public MptcpSettings(MptcpSettings from) {
        scheduler = from.scheduler;
        pathManagers = from.pathManagers;
    }
}
