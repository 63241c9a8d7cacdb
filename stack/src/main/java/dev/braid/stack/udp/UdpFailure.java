package dev.braid.stack.udp;

/** Why a datagram or a socket's wish came to nothing. */
public enum UdpFailure {
    /** Somebody has the port, or no port is left. */
    ADDRESS_IN_USE,
    /** No link that is up leads there from the local address. */
    NETWORK_UNREACHABLE,
    /** The datagram is longer than UDP or, where it may not be cut, than the path allows. */
    TOO_LONG,
    /** No frame was to be had. */
    NO_BUFFERS,
    /** The remote host says that nobody has the port. */
    REFUSED,
    /** The remote host says that it does not speak UDP. */
    PROTOCOL,
    /** A filter on the way forbids it. */
    PROHIBITED
}
