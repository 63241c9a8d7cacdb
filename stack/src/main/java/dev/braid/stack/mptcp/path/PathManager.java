package dev.braid.stack.mptcp.path;

/**
 * Decides which subflows one connection should have and which addresses it announces. One instance belongs to one connection, which may
 * have several managers; they hear the same events, in the order in which they were named.
 *
 * <p>Core thread only. Events come from the connection's work, never from the middle of an input or output, so commands may do
 * anything, and what they cause comes back as later events. A manager can be taken off and another attached while the connection
 * runs: what it opened and announced stays, and the successor finds it in the view.
 */
public interface PathManager {
    /** What it is chosen by, as in {@code net.mptcp.path_manager}. */
    String name();

    /**
     * Something happened.
     *
     * @param event what
     * @param connection the present, the event included
     * @param commands take effect at once; valid during the call only
     */
    void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs);
}
