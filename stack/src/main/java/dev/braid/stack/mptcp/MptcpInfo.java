package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;

/**
 * One moment of one Multipath TCP connection: what Linux tells in {@code struct mptcp_info}, under the kernel's names, and what
 * {@code ss} shows beside it. Made by {@link MptcpConnection#multipathInfo}; nobody writes to it afterwards, so any thread may read it.
 * Sizes are bytes, times nanoseconds.
 */
public final class MptcpInfo {
    // Who.
    /** The connection's own state: that of a TCP connection with DATA_FINs for FINs. */
    public TcpState state = TcpState.CLOSED;
    /** The local address that the connection began with. */
    public IpAddress local = new IpAddress(0, 0);
    /** Its port. */
    public int localPort;
    /** The remote address that the connection began with. */
    public IpAddress remote = new IpAddress(0, 0);
    /** Its port. */
    public int remotePort;
    /** Names the connection at this host (RFC 8684 section 3.1). */
    public int token;
    /** Names it at the peer; 0 before its key is known. */
    public int remoteToken;
    /** Whether the peer opened it. */
    public boolean serverSide;

    // What it is.
    /** It fell back to what TCP gives: no options, one subflow. */
    public boolean fallback;
    /** Why; empty where it did not. */
    public String fallbackReason = "";
    /** The peer's key is known. */
    public boolean remoteKeyReceived;
    /** Checksums are in use (RFC 8684 section 3.3). */
    public boolean checksum;
    /** The packet scheduler's name. */
    public String scheduler = "";
    /** The path managers' names, separated by blanks. */
    public String pathManagers = "";

    // Paths.
    /** The subflows as they are, the one the connection began with among them. */
    public final List<SubflowInfo> subflowInfos = new ArrayList<>();
    /** Established subflows beside the one the connection began with, as the kernel counts. */
    public int subflows;
    /** Those and the one the connection began with, if it is there. */
    public int subflowsTotal;
    /** Subflows that were ever established. The kernel does not tell. */
    public int subflowsEver;
    /** How many there may be beside the first. */
    public int subflowsMax;
    /** Addresses announced to the peer. */
    public int addAddrSignal;
    /** How many the host's endpoints would have announced. */
    public int addAddrSignalMax;
    /** Announced addresses of the peer that were taken up. */
    public int addAddrAccepted;
    /** How many may be. */
    public int addAddrAcceptedMax;
    /** Local addresses that subflows were opened from. */
    public int localAddrUsed;
    /** How many the host's endpoints offer for that. */
    public int localAddrMax;
    /** How many endpoints are sources for subflows to announced addresses alone. */
    public int laminarMax;

    // The data sequence space (RFC 8684 section 3.3): absolute data sequence numbers.
    /** Behind the last byte that the program wrote. */
    public long writeSeq;
    /** Behind the last byte that the peer acknowledged: DATA_UNA. */
    public long sndUna;
    /** Behind the last byte that arrived in order. */
    public long rcvNxt;

    // Counts and times.
    /** Mappings given to a subflow again. */
    public long retransmits;
    /** Payload bytes of those. */
    public long bytesRetrans;
    /** Payload bytes sent, those given again not counted. */
    public long bytesSent;
    /** Payload bytes received in order. */
    public long bytesReceived;
    /** Payload bytes acknowledged at the data level. */
    public long bytesAcked;
    /** Since data was last given to a subflow. */
    public long lastDataSentNs;
    /** Since data last arrived. */
    public long lastDataRecvNs;
    /** Since a DATA_ACK last arrived. */
    public long lastAckRecvNs;

    // The socket's memory, as ss shows it.
    /** Bytes received that the program has not read. */
    public long receiveQueued;
    /** Bytes queued that the peer has not acknowledged at the data level. */
    public long sendQueued;
    /** Memory that received data pins, bytes. */
    public long receiveMemory;
    /** The most memory that received data may pin now, bytes: SO_RCVBUF as the kernel tells it. */
    public long receiveBuffer;
    /** Memory that data to be sent pins, bytes. */
    public long sendMemory;
    /** Bytes the program may now be ahead of acknowledgements: SO_SNDBUF. */
    public long sendBuffer;

    MptcpInfo() {}

    /** What there is to tell where there is no connection and none will be: of a listener. */
    public static MptcpInfo none() {
        return new MptcpInfo();
    }
}
