package dev.braid.stack.mptcp;

import dev.braid.stack.mptcp.path.PathSubflow;
import dev.braid.stack.tcp.Tcb;

/**
 * Hears what happens to Multipath TCP connections, for recordings. It is called on the core's thread in the middle of a flush, so it
 * notes and returns: it must not change or keep a connection. A core without one pays a null test where something rare happens.
 */
public interface MptcpObserver {
    /** The connection is established: its first subflow is. */
    void onEstablished(MptcpConnection connection);

    /** The connection is over. */
    void onClosed(MptcpConnection connection);

    /** The connection goes on as plain TCP. May come in the middle of an input, and before the connection is established. */
    void onFallback(MptcpConnection connection, FallbackReason reason);

    /** Data may be sent on a subflow from now on. */
    void onSubflow(MptcpConnection connection, PathSubflow subflow, Tcb tcb);

    /** A subflow is gone; told of those too that never came to be. */
    void onSubflowClosed(MptcpConnection connection, PathSubflow subflow, Tcb tcb);

    /** A subflow fell silent while others did not, or answered again: {@link PathSubflow#stale()} says which. */
    void onSubflowStale(MptcpConnection connection, PathSubflow subflow, Tcb tcb);
}
