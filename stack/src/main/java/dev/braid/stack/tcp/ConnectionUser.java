package dev.braid.stack.tcp;

/**
 * Hears what becomes of one connection.
 *
 * <p>Called on the core's thread in the middle of an input or deadline: an implementation marks or queues, and does not call
 * back into the {@link Connection} except for its accessors. Each event may come again; readiness is read from there.
 */
public interface ConnectionUser {
    /** The connection reached ESTABLISHED. At most once; not for connections a listener hands out. */
    void onEstablished(Connection connection);

    /** Bytes or the peer's FIN are there: see {@link Connection#received()} and {@link Connection#finReceived()}. */
    void onReadable(Connection connection);

    /** At least a third of the send buffer is free after {@link Connection#sendSpace()} had answered that too little was. */
    void onWritable(Connection connection);

    /** Everything that was queued, and the FIN behind it, is acknowledged: what lingering waits for. At most once. */
    default void onDrained(Connection connection) {}

    /** The connection is gone before its time; what was received before stays readable. {@link #onClosed} follows. */
    void onFailed(Connection connection, TcpFailure failure);

    /** The connection is gone or in TIME-WAIT: the last call for it. */
    void onClosed(Connection connection);
}
