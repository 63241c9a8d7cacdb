package dev.braid.stack.tcp;

/**
 * Hears what becomes of one connection.
 *
 * <p>Called on the core's thread in the middle of an input or deadline: an implementation marks or queues, and does not call
 * back into the {@link Tcb} except for its accessors. Each event may come again; readiness is read from the TCB.
 */
public interface TcpUser {
    /** The connection reached ESTABLISHED. At most once; not for connections a listener hands out. */
    void onEstablished(Tcb tcb);

    /** Bytes or the peer's FIN are there: see {@link Tcb#received()} and {@link Tcb#finReceived()}. */
    void onReadable(Tcb tcb);

    /** At least a third of the send buffer is free after {@link Tcb#sendSpace()} had answered that too little was. */
    void onWritable(Tcb tcb);

    /** Everything that was queued, and the FIN behind it, is acknowledged: what lingering waits for. At most once. */
    default void onDrained(Tcb tcb) {}

    /** The connection is gone before its time; what was received before stays readable. {@link #onClosed} follows. */
    void onFailed(Tcb tcb, TcpFailure failure);

    /** The TCB is gone or in TIME-WAIT: the last call for it. */
    void onClosed(Tcb tcb);
}
