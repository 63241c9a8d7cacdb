package dev.braid.stack.tcp;

/**
 * Hears what happens to connections, for recordings. It is called on the core's thread in the middle of an input or a flush, so it
 * notes and returns: it must not change or keep a connection. A core without one pays a null test where something rare happens.
 */
public interface ConnectionObserver {
    /** The connection went from one state to another (RFC 9293 section 3.3.2); its tuple is known by then. */
    void onState(Tcb tcb, TcpState before, TcpState after);

    /**
     * Something was found lost.
     *
     * @param repair {@link Decision#FAST_RETRANSMIT} when acknowledgements told of it, {@link Decision#RETRANSMIT_RTO} when the
     *     retransmission timer expired
     * @param bytes sequence numbers that count as lost now
     */
    void onLoss(Tcb tcb, Decision repair, long bytes);

    /**
     * A segment was sent again.
     *
     * @param repair as for {@link #onLoss}
     * @param bytes payload in it; 0 for a SYN or a bare FIN
     */
    void onRetransmit(Tcb tcb, Decision repair, int bytes);

    /** A connection found no room in a listener's backlog. */
    void onListenOverflow(TcpListener listener);
}
