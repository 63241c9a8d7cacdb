package dev.braid.tools.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Why a client does not get its connection: as a reply of SOCKS (RFC 1928 section 6) and as a status of HTTP (RFC 9110 section 15). */
enum Refusal {
    /** Nothing more exact is known. */
    GENERAL(1, "502 Bad Gateway"),
    /** The request is no request. */
    MALFORMED(1, "400 Bad Request"),
    /** HTTP alone: the head is longer than anybody needs. */
    TOO_LARGE(1, "431 Request Header Fields Too Large"),
    /** HTTP alone: a version that is not spoken. */
    VERSION(1, "505 HTTP Version Not Supported"),
    /** HTTP alone: no login, or a wrong one. */
    LOGIN(2, "407 Proxy Authentication Required"),
    /** As many connections are open as are allowed. */
    LIMIT(1, "503 Service Unavailable"),
    /** The request did not come in time. */
    SLOW(1, "408 Request Timeout"),
    /** A destination that is not served. */
    FORBIDDEN(2, "403 Forbidden"),
    /** No link, or no route behind it. */
    UNREACHABLE(3, "502 Bad Gateway"),
    /** The name has no address. */
    UNKNOWN_HOST(4, "502 Bad Gateway"),
    /** The destination refused it. */
    REFUSED(5, "502 Bad Gateway"),
    /** Nothing answered; the reply "TTL expired" is what proxies customarily send for it. */
    TIMEOUT(6, "504 Gateway Timeout"),
    /** Something else than a connection was asked for. */
    COMMAND(7, "405 Method Not Allowed"),
    /** SOCKS alone: an unknown kind of address. */
    ADDRESS_TYPE(8, "400 Bad Request");

    private final int socksReply;
    private final String httpStatus;

    Refusal(int socksReply, String httpStatus) {
        this.socksReply = socksReply;
        this.httpStatus = httpStatus;
    }

    /** The reply field of SOCKS, 1..8. */
    int socksReply() {
        return socksReply;
    }

    /** Status code and reason phrase. */
    String httpStatus() {
        return httpStatus;
    }

    /** What a failed attempt to connect means to the client. */
    static Refusal of(IOException failure) {
        return switch (failure) {
            case UnknownHostException _ -> UNKNOWN_HOST;
            case NoRouteToHostException _ -> UNREACHABLE;
            case ConnectException _ -> REFUSED;
            case SocketTimeoutException _ -> TIMEOUT;
            default -> GENERAL;
        };
    }
}
