package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What an application may choose about a connection: the socket options of TCP, in bytes and nanoseconds.
 *
 * <p>A TCB reads its settings whenever they matter; whoever changes them on a live connection calls
 * {@link Tcb#settingsChanged}. A listener's settings are copied to each connection it takes. Core thread only.
 */
public final class TcpSettings {
    /** The least upper bound for the segment size that is taken: Linux's TCP_MIN_MSS. */
    public static final int LEAST_MAX_SEGMENT = 88;

    /** TCP_NODELAY: small segments leave at once (RFC 9293 section 3.7.4). */
    public boolean noDelay;
    /** TCP_CORK: only full segments leave until it is off again, 200 ms passed or the stream ends. */
    public boolean cork;
    /** TCP_CONGESTION: the name of a congestion control; {@code null} = the configured default. */
    public @Nullable String congestionControl;
    /** TCP_QUICKACK: acknowledge each batch at once. */
    public boolean quickAck;
    /** SO_KEEPALIVE (RFC 9293 section 3.8.4). */
    public boolean keepAlive;
    /** TCP_KEEPIDLE: silence before the first probe; 0 = the configured default. */
    public long keepIdleNs;
    /** TCP_KEEPINTVL: time between probes; 0 = the configured default. */
    public long keepIntervalNs;
    /** TCP_KEEPCNT: unanswered probes before the connection is given up; 0 = the configured default. */
    public int keepCount;
    /** TCP_USER_TIMEOUT: how long data or probes may stay unacknowledged; 0 = what the retransmission limit gives. */
    public long userTimeoutNs;
    /** TCP_LINGER2: how long an abandoned connection stays in FIN-WAIT-2; negative = the configured default. */
    public long finWait2Ns = -1;
    /** TCP_SYNCNT: retransmissions of a SYN before giving up; 0 = the configured default. */
    public int synRetries;
    /** SO_RCVBUF: bytes of payload that may be unread, fixed from then on; 0 = the buffer tunes itself. */
    public int receiveBuffer;
    /** SO_SNDBUF: bytes that may wait or be in flight, fixed from then on; 0 = the buffer tunes itself. */
    public int sendBuffer;
    /** TCP_NOTSENT_LOWAT: bytes that may wait beyond what windows let leave; 0 = the configured default. */
    public long notSentLowWater;
    /** TCP_MAXSEG: upper bound of the segment size in bytes; 0 = what the path gives. */
    public int maxSegment;
    /** IP_TTL or IPV6_UNICAST_HOPS, 1..255; 0 = the configured default. */
    public int ttl;
    /** IP_TOS or IPV6_TCLASS without the ECN bits. */
    public int trafficClass;

    /** The stack's defaults. */
    public TcpSettings() {}

    /** A copy. */
    public TcpSettings(TcpSettings from) {
        noDelay = from.noDelay;
        cork = from.cork;
        congestionControl = from.congestionControl;
        quickAck = from.quickAck;
        keepAlive = from.keepAlive;
        keepIdleNs = from.keepIdleNs;
        keepIntervalNs = from.keepIntervalNs;
        keepCount = from.keepCount;
        userTimeoutNs = from.userTimeoutNs;
        finWait2Ns = from.finWait2Ns;
        synRetries = from.synRetries;
        receiveBuffer = from.receiveBuffer;
        sendBuffer = from.sendBuffer;
        notSentLowWater = from.notSentLowWater;
        maxSegment = from.maxSegment;
        ttl = from.ttl;
        trafficClass = from.trafficClass;
    }
}
