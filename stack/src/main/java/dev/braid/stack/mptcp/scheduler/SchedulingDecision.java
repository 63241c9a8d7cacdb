package dev.braid.stack.mptcp.scheduler;

/** The small decisions of packet schedulers, each counted under its name; those that sent something stand in captures, too. */
public enum SchedulingDecision {
    /** Data went over the path whose round trip is the shortest. */
    FASTEST("MptcpSchedFastest"),
    /** Data went over another path: the fastest has no room, and waiting for it would take longer. */
    FASTEST_FULL("MptcpSchedFastestFull"),
    /** Data waits: the fastest path will have brought it sooner than one that has room. */
    WAIT_FASTER("MptcpSchedWaitFaster"),
    /** Data waits: the paths that come first are enough for it, and one that yields to them is spared. */
    SPARED("MptcpSchedSpared"),
    /** Data waits: on a slow path it would block the peer's window for the fast one. */
    WAIT_WINDOW("MptcpSchedWaitWindow"),
    /** A little data went over a slow path that the peer's window has no room for: the window can grow only if it is used. */
    SOUNDING("MptcpSchedSounding"),
    /** Data went over the path that will have sent what it was given soonest. */
    SHORTEST_QUEUE("MptcpSchedShortestQueue"),
    /** Data went over a backup: no regular path is left. */
    BACKUP("MptcpSchedBackup"),
    /** Data went over a path that does not answer: none does. */
    LAST_RESORT("MptcpSchedLastResort"),
    /** Data goes again, over another path than the first time. */
    AGAIN("MptcpSchedAgain"),
    /** Data waits: no path has room. */
    NO_ROOM("MptcpSchedNoRoom"),
    /** Data waits: there is no path. */
    NO_PATH("MptcpSchedNoPath"),
    /** Data is to go again: nothing was acknowledged at the data level in time. */
    DATA_TIMEOUT("MptcpSchedDataTimeout"),
    /** Data is to go again: the path that had it is gone. */
    PATH_GONE("MptcpSchedPathGone");

    private final String counter;

    SchedulingDecision(String counter) {
        this.counter = counter;
    }

    /** The name of its counter. */
    public String counter() {
        return counter;
    }
}
