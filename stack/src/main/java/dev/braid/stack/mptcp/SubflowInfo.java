package dev.braid.stack.mptcp;

import dev.braid.stack.tcp.TcpInfo;

/** One moment of one subflow: its TCP, and what the kernel's {@code MPTCP_SUBFLOW_ATTR_…} tell of it. Any thread may read it. */
public final class SubflowInfo {
    /** {@link #flags}: the connection began with it, and the peer speaks Multipath TCP. */
    public static final int FLAG_MCAP_REM = 1;
    /** {@link #flags}: this end asked for Multipath TCP with it. */
    public static final int FLAG_MCAP_LOC = 1 << 1;
    /** {@link #flags}: it joined, and the peer agreed. */
    public static final int FLAG_JOIN_REM = 1 << 2;
    /** {@link #flags}: this end opened it to join. */
    public static final int FLAG_JOIN_LOC = 1 << 3;
    /** {@link #flags}: the peer wants it as a backup. */
    public static final int FLAG_BKUP_REM = 1 << 4;
    /** {@link #flags}: this end wants it as a backup. */
    public static final int FLAG_BKUP_LOC = 1 << 5;
    /** {@link #flags}: the peer has proved Multipath TCP on it: data may go both ways. */
    public static final int FLAG_FULLY_ESTABLISHED = 1 << 6;
    /** {@link #flags}: the handshake is through. */
    public static final int FLAG_CONNECTED = 1 << 7;
    /** {@link #flags}: there is a mapping for what arrives now. */
    public static final int FLAG_MAPVALID = 1 << 8;

    /** Its TCP. */
    public final TcpInfo tcp;
    /** Its number within the connection, from 0 for the first. */
    public int number;
    /** The identifier of its local address. */
    public int localId;
    /** The identifier of its remote address. */
    public int remoteId;
    /** The index of the link it leaves by. */
    public int link;
    /** An OR of the {@code FLAG_…} constants. */
    public int flags;
    /** It fell silent while others did not. */
    public boolean stale;
    /** The connection's token at this end. */
    public int token;
    /** The connection's token at the peer where this end joined to it, else 0. */
    public int remoteToken;
    /** Data sequence number of the mapping that arrives now; 0 before the first. */
    public long mapSeq;
    /** Where that begins in the subflow's sequence space, the SYN being 0. */
    public long mapSubflowSeq;
    /** Bytes it covers. */
    public int mapDataLength;
    /** What is to be taken from a sequence number of the subflow that arrives for its place: the peer's initial one. */
    public int ssnOffset;

    SubflowInfo(TcpInfo tcp) {
        this.tcp = tcp;
    }
}
