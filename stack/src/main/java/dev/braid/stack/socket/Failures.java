package dev.braid.stack.socket;

import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.udp.UdpFailure;

/** How the failures of the transports read as error numbers. */
public final class Failures {
    private Failures() {}

    /** The positive errno that POSIX gives for it. */
    public static int errno(TcpFailure failure) {
        return switch (failure) {
            case REFUSED -> Errno.ECONNREFUSED;
            case RESET -> Errno.ECONNRESET;
            case TIMED_OUT -> Errno.ETIMEDOUT;
            case HOST_UNREACHABLE -> Errno.EHOSTUNREACH;
            case NETWORK_UNREACHABLE -> Errno.ENETUNREACH;
            case PROTOCOL -> Errno.ENOPROTOOPT;
            case ADDRESS_IN_USE -> Errno.EADDRINUSE;
            case ADDRESS_NOT_AVAILABLE -> Errno.EADDRNOTAVAIL;
            case ABORTED -> Errno.ECONNABORTED;
            case NO_BUFFERS -> Errno.ENOBUFS;
        };
    }

    /** The positive errno that POSIX gives for it. */
    public static int errno(UdpFailure failure) {
        return switch (failure) {
            case ADDRESS_IN_USE -> Errno.EADDRINUSE;
            case NETWORK_UNREACHABLE -> Errno.ENETUNREACH;
            case TOO_LONG -> Errno.EMSGSIZE;
            case NO_BUFFERS -> Errno.ENOBUFS;
            case REFUSED -> Errno.ECONNREFUSED;
            case PROTOCOL -> Errno.ENOPROTOOPT;
            case PROHIBITED -> Errno.EHOSTUNREACH;
        };
    }
}
