package dev.braid.stack.socket;

/**
 * What poll(2) and epoll(7) say of a socket, with Linux's numbers. It differs from {@link Readiness} where Linux has a habit: a
 * socket counts as writable once a third of its send buffer is free, and a fresh one as hung up.
 */
public final class PollEvents {
    /** There is something to read, or the end of the stream. */
    public static final int POLLIN = 0x1;
    /** A write is worth while. */
    public static final int POLLOUT = 0x4;
    /** An error waits. */
    public static final int POLLERR = 0x8;
    /** Both directions are over, or there never was a connection. */
    public static final int POLLHUP = 0x10;
    /** Not a descriptor. */
    public static final int POLLNVAL = 0x20;
    /** The same as {@link #POLLIN}. */
    public static final int POLLRDNORM = 0x40;
    /** The same as {@link #POLLOUT}. */
    public static final int POLLWRNORM = 0x100;
    /** The peer has finished sending, or reading was shut down. */
    public static final int POLLRDHUP = 0x2000;

    private static final int READ = POLLIN | POLLRDNORM;
    private static final int WRITE = POLLOUT | POLLWRNORM;

    private PollEvents() {}

    /** The state of a connection's socket. */
    public static int of(StreamSocket socket) {
        if (socket.isConnecting()) {
            return 0;
        }
        int ready = socket.readiness();
        if (!socket.isConnected() && (ready & (Readiness.ERROR | Readiness.HANGUP)) == 0) {
            return POLLHUP | WRITE;
        }
        int events = (ready & Readiness.ERROR) != 0 ? POLLERR : 0;
        if ((ready & Readiness.HANGUP) != 0) {
            events |= POLLHUP;
        }
        if ((ready & Readiness.READABLE) != 0) {
            events |= READ;
        }
        if (socket.isReadOver()) {
            events |= READ | POLLRDHUP;
        }
        return socket.isWriteOver() || socket.hasRoomToWrite() ? events | WRITE : events;
    }

    /** The state of a listener. */
    public static int of(ListenSocket socket) {
        return socket.acceptable() > 0 ? READ : 0;
    }
}
