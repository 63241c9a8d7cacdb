package dev.braid.stack.mptcp;

import java.util.List;

/**
 * A middlebox began to take options off what comes over established subflows (RFC 8684 section 3.7): how that is noticed, and what becomes
 * of them. What is the only subflow, and in one piece, goes on as plain TCP; any other is of no use any more. Core thread only.
 */
final class StrippedOptions {
    /**
     * So many segments in a row without any option show that a box takes them off, for each has a DATA_ACK at least: on the only
     * subflow, which goes on, and among others, where it ends and may have been the best one.
     */
    private static final int BARE_ALONE = 3;

    private static final int BARE_AMONG_OTHERS = 32;

    private final MptcpConnection connection;
    private final List<Subflow> subflows;

    StrippedOptions(MptcpConnection connection) {
        this.connection = connection;
        subflows = connection.subflows;
    }

    /** A segment came that has no option of Multipath TCP, as the ones before it. */
    void onBareSegment(Subflow subflow) {
        if (!connection.sender.isPlain() && isStripped(subflow)) {
            connection.layer.touch(connection);
        }
    }

    /** Deals with those on which it shows. */
    void work(long nowNs) {
        for (int i = 0; !connection.sender.isPlain() && i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (isStripped(subflow)) {
                leave(subflow, nowNs);
            }
        }
    }

    private boolean isStripped(Subflow subflow) {
        boolean alone = subflows.size() == 1;
        return subflow.input.bareSegments() >= (alone ? BARE_ALONE : BARE_AMONG_OTHERS);
    }

    private void leave(Subflow subflow, long nowNs) {
        if (subflow.usable() && !goesOn(subflow, nowNs)) {
            connection.layer.counters.fallbackFailed.increment();
            subflow.reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    /**
     * "If ... an ACK is received for data (not just for the SYN) without a DSS option containing a Data ACK, the sender determines that
     * the path is not MPTCP capable." What is the only subflow, and in one piece, goes on as plain TCP, whenever that comes up; MP_FAIL
     * tells the peer, should options reach it, for an infinite mapping goes with data alone.
     */
    private boolean goesOn(Subflow subflow, long nowNs) {
        if (subflow.receiver.mayFallBackUntold()) {
            connection.layer.counters.dssFallback.increment();
            subflow.mpFail(connection.receiver.dataAck());
            subflow.tcb.demandAck();
            connection.fallback.begin(subflow, FallbackReason.NO_DSS, nowNs);
            return true;
        }
        return false;
    }

    /**
     * The peer ended the subflow by a segment without any option. On the only one that is the end of its stream, whose DATA_FIN was
     * taken off.
     *
     * @return whether it is
     */
    boolean endsStream(Subflow subflow, long nowNs) {
        return subflow.input.bareSegments() > 0 && goesOn(subflow, nowNs);
    }

    /**
     * The peer owed an acknowledgement at the data level, and a timeout came. On the only subflow one segment without options is
     * enough then; where nothing comes, for the DATA_FIN alone asks for no answer without its option, an answer is asked for.
     *
     * @return whether the subflow goes on as plain TCP, or not at all
     */
    boolean onDataTimeout(long nowNs) {
        DataSender sender = connection.sender;
        if (sender.isPlain() || subflows.size() != 1) {
            return sender.isPlain();
        }
        Subflow only = subflows.getFirst();
        if (only.input.bareSegments() > 0) {
            leave(only, nowNs);
            return true;
        }
        if (sender.finOutstanding() && sender.timeouts() > 0) {
            only.tcb.demandProbe();
        }
        return false;
    }
}
