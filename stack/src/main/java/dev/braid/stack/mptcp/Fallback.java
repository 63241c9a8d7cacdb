package dev.braid.stack.mptcp;

import java.util.List;

/**
 * Turns a connection into plain TCP over the one subflow that is left (RFC 8684 section 3.7): whether that is possible, and what has to
 * happen then. The connection stays, with its queues and its socket; only options and mappings vanish. Core thread only.
 */
final class Fallback {
    private final MptcpConnection connection;

    Fallback(MptcpConnection connection) {
        this.connection = connection;
    }

    /**
     * Whether this subflow is all there is, joins that are not through left out, so that its bytes could be the stream's.
     *
     * @param asked an MP_FAIL asked the peer for it: then its answer says that a join which came through meanwhile did not do so there
     */
    boolean isPossible(Subflow subflow, boolean asked) {
        DataSender sender = connection.sender;
        // One that this end has ended can bring nothing more of a stream that goes on.
        boolean ended = subflow.closing() && (sender.queued() > 0 || !sender.finQueued());
        if (connection.fallenBack || ended) {
            return false;
        }
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow other = subflows.get(i);
            if (other != subflow && other.handshake == null && !asked) {
                return false;
            }
        }
        return true;
    }

    /** The connection is plain TCP over this subflow from now on, the next byte included. May come in the middle of an input. */
    void begin(Subflow last, FallbackReason reason, long nowNs) {
        if (connection.fallenBack) {
            return;
        }
        connection.fallenBack = true;
        connection.fallbackReason = reason;
        connection.decisions.note(MptcpReason.of(reason), -1);
        MptcpObserver observer = connection.layer.observer;
        if (observer != null) {
            observer.onFallback(connection, reason);
        }
        last.handshake = null;
        connection.stale(last, false); // there is no other that could take its place, and nobody asks it any more
        connection.forgetToken();
        connection.paths.onNoMorePaths();
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            if (subflows.get(i) != last) {
                subflows.get(i).reset(ResetReason.MPTCP_ERROR, nowNs); // a join that came too late
            }
        }
        connection.sender.fallBack(last, reason.isTold(), nowNs);
        last.receiver.deliverHeld(nowNs);
        if (last.tcb.finReceived()) {
            connection.receiver.onSubflowFin(last); // it came before it was known what it ends
        }
        connection.layer.touch(connection);
    }
}
