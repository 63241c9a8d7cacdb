package dev.braid.stack.tcp;

import dev.braid.stack.congestion.CongestionControls;
import java.util.function.Consumer;

/**
 * The tunables of TCP, named after the kernel's sysctls where one exists; bytes and nanoseconds. Made by {@link #with}; a core
 * works with a copy of its own.
 */
public final class TcpConfig {
    private static final long SECOND = 1_000_000_000L;

    /** The stack's defaults; not to be changed. */
    public static final TcpConfig DEFAULT = new TcpConfig();

    /** Established flows' next expected segments skip the full arrival path. */
    public boolean headerPrediction = true;
    /** Sent frames carry why they were sent, as the {@link DecisionTrace} extension. */
    public boolean traceDecisions;
    /** The congestion controls there are (net.ipv4.tcp_available_congestion_control). */
    public CongestionControls congestionControls = CongestionControls.STANDARD;
    /** Which of them connections use that choose none (net.ipv4.tcp_congestion_control). */
    public String congestionControl = CongestionControls.DEFAULT;
    /** Offer and accept timestamps (net.ipv4.tcp_timestamps; RFC 7323). */
    public boolean timestamps = true;
    /** Offer and accept window scaling (net.ipv4.tcp_window_scaling; RFC 7323). */
    public boolean windowScaling = true;
    /** Offer and accept selective acknowledgements (net.ipv4.tcp_sack; RFC 2018). */
    public boolean sack = true;
    /** Tell peers what arrived twice (net.ipv4.tcp_dsack; RFC 2883). */
    public boolean dsack = true;
    /** {@link #ecn}: neither ask for ECN nor agree to it. */
    public static final int ECN_NEVER = 0;
    /** {@link #ecn}: ask for it, and agree to it. */
    public static final int ECN_REQUEST = 1;
    /** {@link #ecn}: agree to it, do not ask. */
    public static final int ECN_ACCEPT = 2;

    /** Explicit congestion notification, one of the {@code ECN_…} constants (net.ipv4.tcp_ecn; RFC 3168). */
    public int ecn = ECN_ACCEPT;
    /** A SYN sent again asks for ECN no more (net.ipv4.tcp_ecn_fallback; RFC 3168 section 6.1.1.1). */
    public boolean ecnFallback = true;
    /**
     * How loss is detected where there is SACK (net.ipv4.tcp_recovery), the sum of: 1 by RACK, RFC 8985, instead of RFC 6675; 2 its
     * reordering window does not grow with DSACKs; 4 many SACKed packets do not cut that window short.
     */
    public int recovery = LossDetection.USE_RACK;
    /** Send tail loss probes (RFC 8985 section 7) when 3 or 4 (net.ipv4.tcp_early_retrans). */
    public int earlyRetrans = 3;
    /** DupThresh: duplicates, or packets SACKed above a hole, that mean loss (net.ipv4.tcp_reordering; RFC 5681). */
    public int reordering = 3;
    /** The most that DupThresh becomes where a path was seen to reorder (net.ipv4.tcp_max_reordering). */
    public int maxReordering = 300;
    /** After a timeout, first find out whether it was spurious (net.ipv4.tcp_frto; RFC 5682); 0 for no. */
    public int frto = 2;
    /** Let data leave at the congestion control's pace, not at once. */
    public boolean pacing = true;
    /** Output waits for more ACKs while it may send less than this part of the window (net.ipv4.tcp_tso_win_divisor). */
    public int tsoWinDivisor = 4;
    /** The least number of segments a frame may carry at a slow pace (net.ipv4.tcp_min_tso_segs). */
    public int minTsoSegs = 2;
    /**
     * Shrink the window after an idle time (net.ipv4.tcp_slow_start_after_idle; RFC 5681 section 4.1). Off, because RFC 7661 judges
     * windows by what they carried, idle or not.
     */
    public boolean slowStartAfterIdle;
    /** Answer SYNs with cookies when a listener's half-open connections reach their bound (net.ipv4.tcp_syncookies). */
    public boolean synCookies = true;
    /** The receive buffer that connections begin with, in bytes of payload (second number of net.ipv4.tcp_rmem). */
    public int receiveBuffer = 128 << 10;
    /** The least that SO_RCVBUF can choose, and what each connection has whatever others hold (first number). */
    public int minReceiveBuffer = 4096;
    /** The most that SO_RCVBUF can choose and a buffer grows to by itself (third number); 1 GiB is what windows can name. */
    public int maxReceiveBuffer = 32 << 20;
    /** Let receive buffers grow with what is received in a round trip (net.ipv4.tcp_moderate_rcvbuf). */
    public boolean moderateReceiveBuffer = true;
    /** The send buffer that connections begin with, in bytes of payload (second number of net.ipv4.tcp_wmem). */
    public int sendBuffer = 16 << 10;
    /** The least that SO_SNDBUF can choose, and what each connection has whatever others hold (first number). */
    public int minSendBuffer = 4096;
    /** The most that SO_SNDBUF can choose and a buffer grows to by itself (third number). */
    public int maxSendBuffer = 4 << 20;
    /** Default of TCP_NOTSENT_LOWAT, in bytes (net.ipv4.tcp_notsent_lowat). */
    public long notSentLowWater = 0xffff_ffffL;
    /** Bytes that all connections of a core may pin; pressure ends below this (first number of net.ipv4.tcp_mem). */
    public long memLow = 288L << 20;
    /** Above this no buffer grows (second number). */
    public long memPressure = 384L << 20;
    /** At this, new data waits or is dropped (third number). */
    public long memMax = 576L << 20;
    /**
     * The least segment size a peer can make us use: smaller announcements count as this (net.ipv4.tcp_min_snd_mss;
     * CVE-2019-11479).
     */
    public int minMss = 88;
    /** Retransmissions of a SYN (net.ipv4.tcp_syn_retries): 7 makes 4 minutes (RFC 9293 MUST-23: at least 3). */
    public int synRetries = 7;
    /** Retransmissions of a SYN/ACK (net.ipv4.tcp_synack_retries). */
    public int synAckRetries = 5;
    /** Timeouts in a row before a connection is given up (net.ipv4.tcp_retries2): 15 makes about 15 minutes. */
    public int retries = 15;
    /** The same once the user has let go (net.ipv4.tcp_orphan_retries); 0 means 8. */
    public int orphanRetries = 8;
    /** Default of TCP_KEEPIDLE (net.ipv4.tcp_keepalive_time). */
    public long keepIdleNs = 7200 * SECOND;
    /** Default of TCP_KEEPINTVL (net.ipv4.tcp_keepalive_intvl). */
    public long keepIntervalNs = 75 * SECOND;
    /** Default of TCP_KEEPCNT (net.ipv4.tcp_keepalive_probes). */
    public int keepCount = 9;
    /** Stay in TIME-WAIT: 2 MSL (RFC 9293 section 3.6.1). */
    public long timeWaitNs = 60 * SECOND;
    /** The most connections in TIME-WAIT; the oldest make room (net.ipv4.tcp_max_tw_buckets). */
    public int maxTimeWait = 16_384;
    /** Stay of an abandoned connection in FIN-WAIT-2 (net.ipv4.tcp_fin_timeout). */
    public long finWait2Ns = 60 * SECOND;
    /** Longest delay of an ACK; RFC 9293 MUST-58: below half a second. */
    public long delayedAckNs = 40_000_000L;
    /** Segments acknowledged at once at the start of a connection, so that slow start is not delayed. */
    public int quickAcks = 16;
    /** Stay of data under {@link TcpSettings#cork} and MSG_MORE; a retransmission timeout where that is longer. */
    public long corkNs = 200_000_000L;
    /** First retransmission timeout (RFC 6298 section 2.1). */
    public long initialRtoNs = RttEstimator.INITIAL_RTO_NS;
    /** Least variance term of the retransmission timeout (net.ipv4.tcp_rto_min_us). */
    public long minRtoNs = RttEstimator.MIN_RTO_NS;
    /** Greatest retransmission timeout, and greatest time between two zero-window probes (net.ipv4.tcp_rto_max_ms). */
    public long maxRtoNs = RttEstimator.MAX_RTO_NS;
    /** The most half-open connections of a listener (net.ipv4.tcp_max_syn_backlog). */
    public int maxSynBacklog = 1024;
    /** Upper bound of a listener's backlog (net.core.somaxconn). */
    public int maxBacklog = 4096;
    /** The most records of sent data of one connection. */
    public int maxSentRecords = 8192;
    /** First ephemeral port (net.ipv4.ip_local_port_range). */
    public int firstPort = 32_768;
    /** Last ephemeral port. */
    public int lastPort = 60_999;

    private TcpConfig() {}

    /** The defaults, changed. */
    public static TcpConfig with(Consumer<TcpConfig> change) {
        TcpConfig config = new TcpConfig();
        change.accept(config);
        return config;
    }

    /** A copy. */
    public TcpConfig copy() {
        TcpConfig copy = new TcpConfig();
        copy.headerPrediction = headerPrediction;
        copy.traceDecisions = traceDecisions;
        copy.congestionControls = congestionControls;
        copy.congestionControl = congestionControl;
        copy.timestamps = timestamps;
        copy.windowScaling = windowScaling;
        copy.sack = sack;
        copy.dsack = dsack;
        copy.ecn = ecn;
        copy.ecnFallback = ecnFallback;
        copy.recovery = recovery;
        copy.earlyRetrans = earlyRetrans;
        copy.reordering = reordering;
        copy.maxReordering = maxReordering;
        copy.frto = frto;
        copy.pacing = pacing;
        copy.tsoWinDivisor = tsoWinDivisor;
        copy.minTsoSegs = minTsoSegs;
        copy.slowStartAfterIdle = slowStartAfterIdle;
        copy.synCookies = synCookies;
        copy.receiveBuffer = receiveBuffer;
        copy.minReceiveBuffer = minReceiveBuffer;
        copy.maxReceiveBuffer = maxReceiveBuffer;
        copy.moderateReceiveBuffer = moderateReceiveBuffer;
        copy.sendBuffer = sendBuffer;
        copy.minSendBuffer = minSendBuffer;
        copy.maxSendBuffer = maxSendBuffer;
        copy.notSentLowWater = notSentLowWater;
        copy.memLow = memLow;
        copy.memPressure = memPressure;
        copy.memMax = memMax;
        copy.minMss = minMss;
        copy.synRetries = synRetries;
        copy.synAckRetries = synAckRetries;
        copy.retries = retries;
        copy.orphanRetries = orphanRetries;
        copy.keepIdleNs = keepIdleNs;
        copy.keepIntervalNs = keepIntervalNs;
        copy.keepCount = keepCount;
        copy.timeWaitNs = timeWaitNs;
        copy.maxTimeWait = maxTimeWait;
        copy.finWait2Ns = finWait2Ns;
        copy.delayedAckNs = delayedAckNs;
        copy.quickAcks = quickAcks;
        copy.corkNs = corkNs;
        copy.initialRtoNs = initialRtoNs;
        copy.minRtoNs = minRtoNs;
        copy.maxRtoNs = maxRtoNs;
        copy.maxSynBacklog = maxSynBacklog;
        copy.maxBacklog = maxBacklog;
        copy.maxSentRecords = maxSentRecords;
        copy.firstPort = firstPort;
        copy.lastPort = lastPort;
        return copy;
    }

    int orphanRetries() {
        return orphanRetries == 0 ? 8 : orphanRetries;
    }
}
