package dev.braid.tools.drill;

import org.jspecify.annotations.Nullable;

/** The operations of the call socket, in the order of their numbers, which begin at 1. */
enum Op {
    HELLO, SOCKET, BIND, LISTEN, ACCEPT, CONNECT, RECV, SEND, FCNTL, IOCTL, CLOSE, SHUTDOWN, GETSOCKOPT, SETSOCKOPT,
    POLL, EPOLL_CREATE, EPOLL_CTL, EPOLL_WAIT, PIPE, SPLICE, CONTROL, CLOCK, BYE;

    private static final Op[] ALL = values();

    /** The operation with this number, or {@code null} when there is none. */
    static @Nullable Op of(int number) {
        return number >= 1 && number <= ALL.length ? ALL[number - 1] : null;
    }
}
