package dev.braid.stack.mptcp.scheduler;

/** What a scheduler may know of a connection. Live; core thread only. */
public interface ConnectionView {
    /** How many subflows there are, usable or not. */
    int subflows();

    /** One of them, 0..{@link #subflows()} - 1; the order is that of their numbers. */
    SubflowView subflow(int index);

    /** Bytes that no subflow was given yet. */
    long queued();

    /** Bytes given to subflows that the peer has not acknowledged at the data level. */
    long unacknowledged();

    /** Bytes of new data that the peer's window allows. */
    long window();

    /** Whether the program waits for room to write: what is {@linkplain #queued queued} is not all there will be. */
    boolean writerWaits();

    /** How often the data-level retransmission timer expired since the peer acknowledged something at the data level. */
    int timeouts();
}
