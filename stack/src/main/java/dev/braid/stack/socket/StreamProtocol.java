package dev.braid.stack.socket;

/** What a stream socket speaks to its peer. */
public enum StreamProtocol {
    /** Multipath TCP (RFC 8684), with whom speaks it too: towards others a connection falls back to what TCP gives. */
    MPTCP(262),
    /** Plain TCP (RFC 9293). */
    TCP(6);

    private final int number;

    StreamProtocol(int number) {
        this.number = number;
    }

    /** Linux's number for it, as socket(2) takes and SO_PROTOCOL answers it. */
    public int number() {
        return number;
    }
}
