package dev.braid.stack.mptcp.path;

/** The small decisions about paths, each counted under its name; captures tell of each, too. */
public enum PathDecision {
    /** A subflow was opened from an endpoint of the host. */
    OPENED_FROM_ENDPOINT("MptcpPathOpenedFromEndpoint"),
    /** A subflow was opened to an address that the peer announced. */
    OPENED_TO_ANNOUNCED("MptcpPathOpenedToAnnounced"),
    /** A subflow was opened to complete a full mesh. */
    OPENED_FULLMESH("MptcpPathOpenedFullmesh"),
    /** A subflow that had failed was opened again. */
    REOPENED("MptcpPathReopened"),
    /** An attempt to open a subflow took too long, and was abandoned. */
    ABANDONED("MptcpPathAbandoned"),
    /** A subflow that the peer opens was taken. */
    ACCEPTED("MptcpPathAccepted"),
    /** A subflow that the peer opens was refused: limits, or the connection's state, do not allow it. */
    REFUSED_JOIN("MptcpPathRefusedJoin"),
    /** An address was announced. */
    ANNOUNCED("MptcpPathAnnounced"),
    /** An address was taken back. */
    WITHDRAWN("MptcpPathWithdrawn"),
    /** A subflow was made a backup. */
    MADE_BACKUP("MptcpPathMadeBackup"),
    /** A subflow was made a regular one. */
    MADE_REGULAR("MptcpPathMadeRegular"),
    /** The connection moves much: overflow paths carry, too. */
    OVERFLOW_BEGUN("MptcpPathOverflowBegun"),
    /** The connection moves little again: overflow paths wait. */
    OVERFLOW_ENDED("MptcpPathOverflowEnded"),
    /** A subflow's round trip was asked for. */
    MEASURED("MptcpPathMeasured"),
    /** A subflow was doubted, and is asked whether it lives. */
    DOUBTED("MptcpPathDoubted"),
    /** A subflow was closed because its local address or endpoint is gone. */
    CLOSED_LOCAL_GONE("MptcpPathClosedLocalGone"),
    /** A subflow was closed because the peer took its address back. */
    CLOSED_REMOTE_GONE("MptcpPathClosedRemoteGone"),
    /** A subflow was not opened: the limit of subflows is reached. */
    REFUSED_SUBFLOW_LIMIT("MptcpPathRefusedSubflowLimit"),
    /** An announced address was not used: the limit of accepted addresses is reached. */
    REFUSED_ADDRESS_LIMIT("MptcpPathRefusedAddressLimit"),
    /** An announced address was not used: there is no local address of its family. */
    REFUSED_FAMILY("MptcpPathRefusedFamily");

    private final String counter;

    PathDecision(String counter) {
        this.counter = counter;
    }

    /** The name of its counter. */
    public String counter() {
        return counter;
    }
}
