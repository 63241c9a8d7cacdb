package dev.braid.stack.socket;

/** What a socket is ready for, as bits. */
public final class Readiness {
    /** A read returns at once: bytes, the end of the stream, or an error. */
    public static final int READABLE = 1;
    /** A write takes at least one byte at once, or fails at once. */
    public static final int WRITABLE = 2;
    /** The connection is established, or was. */
    public static final int CONNECTED = 4;
    /** The peer has finished sending and every byte it sent is readable or read. */
    public static final int READ_CLOSED = 8;
    /** An error waits to be collected. */
    public static final int ERROR = 16;
    /** Both directions are over; after a close, all that was sent is acknowledged or given up. */
    public static final int HANGUP = 32;
    /** The moment asked for with {@link StreamSocket#wakeAt} has come. Reported once, not a state. */
    public static final int DEADLINE = 64;

    private Readiness() {}
}
