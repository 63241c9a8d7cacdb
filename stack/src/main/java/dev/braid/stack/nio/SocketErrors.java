package dev.braid.stack.nio;

import dev.braid.stack.socket.Errno;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** The exceptions that users of java.net know, with the messages they know, for the error numbers of the socket layer. */
final class SocketErrors {
    private SocketErrors() {}

    /** The exception for a positive errno: the classes are those that the JDK chooses. */
    static IOException of(int errno) {
        String text = text(errno);
        return switch (errno) {
            case Errno.ECONNREFUSED, Errno.ETIMEDOUT, Errno.ENOTCONN -> new ConnectException(text);
            case Errno.EHOSTUNREACH -> new NoRouteToHostException(text);
            case Errno.EADDRINUSE, Errno.EADDRNOTAVAIL -> new BindException(text);
            case Errno.EPROTO -> new ProtocolException(text);
            default -> new SocketException(text);
        };
    }

    private static String text(int errno) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> "Connection refused";
            case Errno.ECONNRESET -> "Connection reset";
            case Errno.ECONNABORTED -> "Software caused connection abort";
            case Errno.EPIPE -> "Broken pipe";
            case Errno.ETIMEDOUT -> "Connection timed out";
            case Errno.ENOTCONN -> "Transport endpoint is not connected";
            case Errno.EHOSTUNREACH -> "No route to host";
            case Errno.ENETUNREACH -> "Network is unreachable";
            case Errno.ENETDOWN -> "Network is down";
            case Errno.EADDRINUSE -> "Address already in use";
            case Errno.EADDRNOTAVAIL -> "Cannot assign requested address";
            case Errno.EINVAL -> "Invalid argument";
            case Errno.EMSGSIZE -> "Message too long";
            case Errno.ENOBUFS -> "No buffer space available";
            case Errno.EPROTO -> "Protocol error";
            case Errno.ENOPROTOOPT -> "Protocol not available";
            default -> "Socket error " + Errno.name(errno);
        };
    }

    /** What who wants to join a group is told. */
    static SocketException noMulticast() {
        return new SocketException("The stack receives no multicast");
    }

    /** What every call gets once the stack has ended: closed, or failed with this cause. */
    static SocketException stackEnded(@Nullable Throwable cause) {
        var ended = new SocketException(cause == null ? "The stack is closed" : "The stack has failed: " + cause);
        if (cause != null) {
            ended.initCause(cause);
        }
        return ended;
    }
}
