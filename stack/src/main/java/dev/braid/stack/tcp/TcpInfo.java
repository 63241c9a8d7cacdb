package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.congestion.CongestionInfo;
import org.jspecify.annotations.Nullable;

/**
 * One moment of one connection: what Linux tells in {@code struct tcp_info}, under the kernel's names, and what {@code ss} shows
 * beside it. Made by {@link Tcb#info}; nobody writes to it afterwards, so any thread may read it.
 *
 * <p>Windows and sizes are bytes, times nanoseconds; what the kernel counts in segments is counted in packets of the wire here too,
 * however many of them one super-segment held. Zero where Braid has no such feature:
 * {@link #dsackDups} and {@link #reordSeen} for DSACK and {@link #rehash} for paths that can be changed by a flow label.
 */
public final class TcpInfo {
    /** {@link #timer}: none runs. */
    public static final int TIMER_NONE = 0;
    /** {@link #timer}: retransmission. */
    public static final int TIMER_RETRANSMIT = 1;
    /** {@link #timer}: keep-alive, or FIN-WAIT-2's end. */
    public static final int TIMER_KEEPALIVE = 2;
    /** {@link #timer}: TIME-WAIT. */
    public static final int TIMER_TIME_WAIT = 3;
    /** {@link #timer}: zero-window probes. */
    public static final int TIMER_PERSIST = 4;

    /** {@link #maxPacingRate}: no bound. */
    public static final long UNLIMITED_RATE = -1;

    // Who.
    /** The state (RFC 9293 section 3.3.2). */
    public TcpState state = TcpState.CLOSED;
    /** Local address. */
    public IpAddress local = new IpAddress(0, 0);
    /** Local port. */
    public int localPort;
    /** Remote address. */
    public IpAddress remote = new IpAddress(0, 0);
    /** Remote port. */
    public int remotePort;
    /** Nobody in a program holds it any more. */
    public boolean orphaned;

    // Options agreed on.
    /** Timestamps are in use. */
    public boolean timestamps;
    /** Selective acknowledgements are in use. */
    public boolean sack;
    /** Both ends use ECN. */
    public boolean ecn;
    /** A packet arrived that could be marked, or was. */
    public boolean ecnSeen;
    /** Window scaling is in use. */
    public boolean windowScaling;
    /** Shift of the windows the peer announces. */
    public int sndWscale;
    /** Shift of the windows announced to it. */
    public int rcvWscale;

    // Congestion and loss.
    /** What users choose the congestion control by. */
    public String congestion = "";
    /** What that tells of itself, or {@code null}. */
    public @Nullable CongestionInfo congestionInfo;
    /** How the sender stands to loss; its ordinal is {@code tcpi_ca_state}. */
    public RecoveryState caState = RecoveryState.OPEN;
    /** Retransmission timeouts in a row. */
    public int retransmits;
    /** Zero-window probes and keep-alives in a row without an answer. */
    public int probes;
    /** Doublings of the retransmission timeout, or of the zero-window probes' interval. */
    public int backoff;
    /** Congestion window, bytes. */
    public long cwnd;
    /** Slow start threshold, bytes; {@link Long#MAX_VALUE} before the first loss. */
    public long ssthresh;
    /** Packets sent and not acknowledged cumulatively. */
    public int unacked;
    /** Of those, SACKed. */
    public int sacked;
    /** Of those, found lost, sent again or not. */
    public int lost;
    /** Of those, sent again and believed to be in the network. */
    public int retrans;
    /** Packets sent again since the connection began. */
    public long totalRetrans;
    /** Duplicate acknowledgements that mean loss. */
    public int reordering = 3;
    /** Reorderings seen. */
    public int reordSeen;
    /** Duplicates that the peer reported by DSACK. */
    public int dsackDups;
    /** Retransmission timeouts since the connection began. */
    public int totalRto;
    /** Rows of timeouts that ended in progress. */
    public int totalRtoRecoveries;
    /** Time spent in such rows, nanoseconds. */
    public long totalRtoTimeNs;
    /** Changes of the path by a new flow label. */
    public int rehash;

    // Times.
    /** Retransmission timeout, back-off included. */
    public long rtoNs;
    /** Longest delay of an acknowledgement; 0 before there was data to acknowledge. */
    public long atoNs;
    /** Smoothed round-trip time; 0 before the first sample. */
    public long rttNs;
    /** Its mean deviation. */
    public long rttvarNs;
    /** Smallest round-trip time; 0 before the first sample. */
    public long minRttNs;
    /** Round-trip time as the receiver sees it; 0 before it knows one. */
    public long rcvRttNs;
    /** Since data was last sent. */
    public long lastDataSentNs;
    /** Since data was last received. */
    public long lastDataRecvNs;
    /** Since an acknowledgement was last received. */
    public long lastAckRecvNs;
    /** Time with data waiting or in flight. */
    public long busyNs;
    /** Of that, with sending held back by the peer's window. */
    public long rwndLimitedNs;
    /** Of that, by a full send buffer. */
    public long sndbufLimitedNs;

    // Sizes.
    /** Payload of a full segment sent, bytes. */
    public int sndMss;
    /** Payload of the largest packet received, bytes. */
    public int rcvMss;
    /** What was announced to the peer, bytes. */
    public int advMss;
    /** Path MTU, bytes. */
    public int pmtu;
    /** Window the peer offers, bytes. */
    public long sndWnd;
    /** Window offered to the peer, bytes. */
    public long rcvWnd;
    /** The largest window that the buffer has room for now, bytes. */
    public long rcvSsthresh;
    /** The most payload bytes the program took in one round trip: what the receive buffer follows. */
    public long rcvSpace;

    // Counts.
    /** Payload bytes sent, again or not. */
    public long bytesSent;
    /** Of those, sent again. */
    public long bytesRetrans;
    /** Sequence numbers acknowledged, SYN and FIN included. */
    public long bytesAcked;
    /** Sequence numbers received in order, FIN included. */
    public long bytesReceived;
    /** Packets sent. */
    public long segsOut;
    /** Packets received. */
    public long segsIn;
    /** Packets with payload sent. */
    public long dataSegsOut;
    /** Packets with payload received. */
    public long dataSegsIn;
    /** Packets that arrived out of order. */
    public long rcvOoopack;
    /** Packets the peer has, SACKed ones included. */
    public long delivered;
    /** Of those, marked by a congested router. */
    public long deliveredCe;
    /** Payload bytes queued and never sent. */
    public long notsentBytes;

    // Rates, bytes per second.
    /** Pace at which data leaves; {@link #UNLIMITED_RATE} as fast as the window allows. */
    public long pacingRate;
    /** Upper bound of that pace. */
    public long maxPacingRate = UNLIMITED_RATE;
    /** Delivery rate by the latest sample, 0 before the first. */
    public long deliveryRate;
    /** That sample was taken while the application, not the network, set the rate. */
    public boolean deliveryRateAppLimited;

    // The socket's memory and timer, as ss shows them.
    /** Bytes received that the program has not read. */
    public long receiveQueued;
    /** Bytes queued that the peer has not acknowledged. */
    public long sendQueued;
    /** Memory that received data pins, bytes. */
    public long receiveMemory;
    /** The most memory that received data may pin now, bytes: SO_RCVBUF as the kernel tells it. */
    public long receiveBuffer;
    /** Memory that data to be sent pins, bytes. */
    public long sendMemory;
    /** Bytes the program may now be ahead of acknowledgements: SO_SNDBUF. */
    public long sendBuffer;
    /** Segments dropped because the receive buffer was full. */
    public long drops;
    /** One of the {@code TIMER_…} constants. */
    public int timer;
    /** Until it expires. */
    public long timerNs;

    TcpInfo() {}

    /** The congestion window as Linux counts it, in full segments; at least 1. */
    public int cwndPackets() {
        return Math.clamp(cwnd / Math.max(1, sndMss), 1, Integer.MAX_VALUE);
    }

    /** The slow start threshold in full segments; {@link Integer#MAX_VALUE} before the first loss. */
    public int ssthreshPackets() {
        return (int) Math.min(ssthresh / Math.max(1, sndMss), Integer.MAX_VALUE);
    }

    /** The state's name as {@code ss} prints it, such as {@code ESTAB}. */
    public String stateName() {
        return switch (state) {
            case ESTABLISHED -> "ESTAB";
            case SYN_SENT -> "SYN-SENT";
            case SYN_RECEIVED -> "SYN-RECV";
            case FIN_WAIT_1 -> "FIN-WAIT-1";
            case FIN_WAIT_2 -> "FIN-WAIT-2";
            case TIME_WAIT -> "TIME-WAIT";
            case CLOSED -> "UNCONN";
            case CLOSE_WAIT -> "CLOSE-WAIT";
            case LAST_ACK -> "LAST-ACK";
            case CLOSING -> "CLOSING";
        };
    }
}
