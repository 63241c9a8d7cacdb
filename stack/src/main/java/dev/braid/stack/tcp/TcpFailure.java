package dev.braid.stack.tcp;

/** Why a connection could not be made or ended before its time. The socket layer turns each into an errno. */
public enum TcpFailure {
    /** The peer answered the SYN with a reset (ECONNREFUSED). */
    REFUSED,
    /** The peer reset the connection (ECONNRESET). */
    RESET,
    /** No answer within the SYN, retransmission, keep-alive or user timeout (ETIMEDOUT). */
    TIMED_OUT,
    /** No way to the host: an ICMP error, or no answer after one (EHOSTUNREACH). */
    HOST_UNREACHABLE,
    /** No route to the network (ENETUNREACH). */
    NETWORK_UNREACHABLE,
    /** The peer does not speak the protocol: an ICMP error says so (ENOPROTOOPT). */
    PROTOCOL,
    /** The address and port, or the whole four-tuple, are taken (EADDRINUSE). */
    ADDRESS_IN_USE,
    /** No local port is free for this destination, or the local address is not ours (EADDRNOTAVAIL). */
    ADDRESS_NOT_AVAILABLE,
    /** The local side aborted the connection (ECONNABORTED). */
    ABORTED,
    /** Frames, chunks or table entries ran out (ENOBUFS). */
    NO_BUFFERS
}
