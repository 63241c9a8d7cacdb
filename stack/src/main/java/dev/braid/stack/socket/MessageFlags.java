package dev.braid.stack.socket;

/** Flags of send and recv, with Linux's numbers. Others are ignored. */
public final class MessageFlags {
    /** Read without taking. */
    public static final int MSG_PEEK = 0x2;
    /** Take and throw away; the address is not touched. */
    public static final int MSG_TRUNC = 0x20;
    /** Answer only when the whole length is there, or the stream has ended. */
    public static final int MSG_WAITALL = 0x100;
    /** More is coming: hold a partial segment back, for at most 200 ms. */
    public static final int MSG_MORE = 0x8000;
    /** Urgent data: refused, RFC 6093 advises against it. */
    public static final int MSG_OOB = 0x1;

    private MessageFlags() {}
}
