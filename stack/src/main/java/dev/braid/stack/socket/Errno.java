package dev.braid.stack.socket;

/**
 * Linux's error numbers, as the socket layer answers them: negated. The names are POSIX's.
 */
public final class Errno {
    /** The call would block: nothing to read, no room to write, no connection to accept. */
    public static final int EAGAIN = 11;
    /** There is nothing of that name. */
    public static final int ENOENT = 2;
    /** It exists already. */
    public static final int EEXIST = 17;
    /** A number outside the function's range. */
    public static final int EDOM = 33;
    /** An address outside memory was given. */
    public static final int EFAULT = 14;
    /** The call does not fit the socket's state, or an argument is out of range. */
    public static final int EINVAL = 22;
    /** The peer does not read any more, or this side has finished sending. */
    public static final int EPIPE = 32;
    /** The peer broke the protocol. */
    public static final int EPROTO = 71;
    /** The message is longer than the protocol or the path allows. */
    public static final int EMSGSIZE = 90;
    /** The peer's host does not speak the protocol. */
    public static final int ENOPROTOOPT = 92;
    /** The descriptor is no socket. */
    public static final int ENOTSOCK = 88;
    /** There is no such protocol for sockets of this kind. */
    public static final int EPROTONOSUPPORT = 93;
    /** The operation is not for this kind of socket. */
    public static final int EOPNOTSUPP = 95;
    /** The address family does not fit. */
    public static final int EAFNOSUPPORT = 97;
    /** Somebody has this address and port. */
    public static final int EADDRINUSE = 98;
    /** The address is not one of the stack's, or no port is left. */
    public static final int EADDRNOTAVAIL = 99;
    /** The link to the network is down. */
    public static final int ENETDOWN = 100;
    /** There is no route. */
    public static final int ENETUNREACH = 101;
    /** The connection was given up by this side. */
    public static final int ECONNABORTED = 103;
    /** The peer reset the connection. */
    public static final int ECONNRESET = 104;
    /** No memory for it. */
    public static final int ENOBUFS = 105;
    /** Connected already. */
    public static final int EISCONN = 106;
    /** Not connected. */
    public static final int ENOTCONN = 107;
    /** The peer, or the path, did not answer in time. */
    public static final int ETIMEDOUT = 110;
    /** Nobody listens there. */
    public static final int ECONNREFUSED = 111;
    /** The host cannot be reached. */
    public static final int EHOSTUNREACH = 113;
    /** A connect is under way already. */
    public static final int EALREADY = 114;
    /** The connect has begun and will be reported. */
    public static final int EINPROGRESS = 115;
    /** The socket is closed. */
    public static final int EBADF = 9;

    private Errno() {}

    /** The symbolic name of a positive error number, for messages. */
    public static String name(int errno) {
        return switch (errno) {
            case EBADF -> "EBADF";
            case EAGAIN -> "EAGAIN";
            case ENOENT -> "ENOENT";
            case EEXIST -> "EEXIST";
            case EDOM -> "EDOM";
            case EFAULT -> "EFAULT";
            case EINVAL -> "EINVAL";
            case EPIPE -> "EPIPE";
            case EPROTO -> "EPROTO";
            case EMSGSIZE -> "EMSGSIZE";
            case ENOPROTOOPT -> "ENOPROTOOPT";
            case ENOTSOCK -> "ENOTSOCK";
            case EPROTONOSUPPORT -> "EPROTONOSUPPORT";
            case EOPNOTSUPP -> "EOPNOTSUPP";
            case EAFNOSUPPORT -> "EAFNOSUPPORT";
            case EADDRINUSE -> "EADDRINUSE";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL";
            case ENETDOWN -> "ENETDOWN";
            case ENETUNREACH -> "ENETUNREACH";
            case ECONNABORTED -> "ECONNABORTED";
            case ECONNRESET -> "ECONNRESET";
            case ENOBUFS -> "ENOBUFS";
            case EISCONN -> "EISCONN";
            case ENOTCONN -> "ENOTCONN";
            case ETIMEDOUT -> "ETIMEDOUT";
            case ECONNREFUSED -> "ECONNREFUSED";
            case EHOSTUNREACH -> "EHOSTUNREACH";
            case EALREADY -> "EALREADY";
            case EINPROGRESS -> "EINPROGRESS";
            default -> "errno " + errno;
        };
    }
}
