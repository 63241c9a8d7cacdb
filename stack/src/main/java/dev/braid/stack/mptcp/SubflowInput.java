package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.mptcp.path.PeerReset;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.UpperLayer.Verdict;

/**
 * Reads the options of each segment that arrives on a subflow, before TCP deals with it, and brings what they say to the part of the
 * connection that it concerns. Core thread only.
 */
final class SubflowInput {
    private final Subflow subflow;
    private final MptcpConnection connection;
    private final Tcb tcb;
    /** Segments since the last with an option of Multipath TCP. */
    private int bareSegments;
    /** The segment that is being dealt with brought a DATA_ACK or a window that the connection did not know. */
    private boolean dataNews;
    /** Options are known to pass in both directions (RFC 8684 section 3.7). */
    private boolean dataAckSeen;

    SubflowInput(Subflow subflow) {
        this.subflow = subflow;
        connection = subflow.connection;
        tcb = subflow.tcb;
    }

    /** See {@link dev.braid.stack.tcp.UpperLayer#onSegment}. */
    Verdict onSegment(TcpSegment segment, long nowNs) {
        MptcpOptions arrived = connection.layer.options;
        if (segment.options.has(TcpOptions.MPTCP)) {
            arrived.parse(segment.optionsAddress(), segment.optionsLength());
            bareSegments = 0;
        } else {
            arrived.clear();
            onBare(segment);
        }
        dataNews = false;
        if (connection.fallenBack) {
            if (arrived.has(MptcpOptions.MP_FAIL) && !segment.has(Tcp.RST)) {
                connection.receiver.onMpFail(subflow, nowNs);
            }
            if (arrived.dss().hasMapping() && arrived.dss().dataLevelLength() == DssMapping.INFINITE) {
                connection.receiver.onLateInfiniteMapping();
            }
            return Verdict.PROCEED;
        }
        if (subflow.stale) {
            connection.liveness.onHeard();
        }
        if (arrived.has(MptcpOptions.MP_FASTCLOSE)) {
            connection.onFastClose(arrived.fastCloseKey());
        }
        if (segment.has(Tcp.RST)) {
            onReset(arrived);
            return Verdict.PROCEED;
        }
        Handshake pending = subflow.handshake;
        if (pending != null) {
            Verdict verdict = pending.onSegment(segment, arrived, nowNs);
            if (verdict != Verdict.PROCEED || connection.fallenBack) {
                return verdict;
            }
        } else if (arrived.has(MptcpOptions.MP_JOIN) && !subflow.initiated() && !segment.has(Tcp.SYN)) {
            tcb.demandAck(); // the answer to its third packet was lost
        }
        return segment.has(Tcp.SYN) ? Verdict.PROCEED : onOptions(segment, arrived, nowNs);
    }

    /** MP_FASTCLOSE with this end's key, which nobody could guess, says whose reset it is. */
    boolean provesReset(TcpSegment segment) {
        MptcpOptions arrived = connection.layer.options;
        if (connection.fallenBack || !segment.options.has(TcpOptions.MPTCP)) {
            return false;
        }
        arrived.parse(segment.optionsAddress(), segment.optionsLength());
        return arrived.has(MptcpOptions.MP_FASTCLOSE) && connection.isLocalKey(arrived.fastCloseKey());
    }

    /** Payload needs no option of its own where the mapping of a segment before covers it. */
    private void onBare(TcpSegment segment) {
        if (segment.length == 0 && !segment.has(Tcp.SYN | Tcp.RST)) {
            bareSegments++;
            connection.stripped.onBareSegment(subflow);
        }
    }

    private void onReset(MptcpOptions arrived) {
        if (arrived.has(MptcpOptions.MP_TCPRST)) {
            connection.layer.counters.mpRstRx.increment();
            boolean passes = (arrived.resetFlags() & ResetReason.TRANSIENT) != 0;
            subflow.resetReceived = new PeerReset(arrived.resetReason(), passes);
        }
        if (arrived.has(MptcpOptions.MP_FAIL)) {
            connection.layer.counters.mpFailRx.increment();
        }
    }

    private Verdict onOptions(TcpSegment segment, MptcpOptions arrived, long nowNs) {
        if (arrived.capableMaps()) {
            arrived.mapFromCapable(connection.idsnRemote + 1);
        }
        if (arrived.dss().hasMapping()) {
            Verdict verdict = connection.receiver.onMapping(subflow, segment.frame(), segment.length, arrived, nowNs);
            if (verdict != Verdict.PROCEED) {
                return verdict;
            }
        }
        if (arrived.dss().hasMapping() || arrived.dss().hasDataAck()) {
            connection.paths.onDss();
        }
        if (arrived.has(MptcpOptions.MP_FAIL)) {
            connection.receiver.onMpFail(subflow, nowNs);
        }
        if (arrived.has(MptcpOptions.ADD_ADDR | MptcpOptions.REMOVE_ADDR | MptcpOptions.MP_PRIO)) {
            connection.paths.arrivals.input(subflow, arrived, nowNs);
        }
        dataAckSeen |= arrived.dss().hasDataAck();
        dataNews = arrived.dss().hasDataAck()
                && connection.sender.onDataAck(
                        subflow, arrived.dss().dataAck(), arrived.dss().dataAckIs64(), tcb.windowOf(segment), nowNs);
        return Verdict.PROCEED;
    }

    /**
     * RFC 8684 section 3.4: "any duplicate ACK that is received containing an MPTCP option, with the exception of the DSS option, MUST
     * NOT be treated as a signal of congestion"; nor is one that brings a DATA_ACK or a window, for what came over other subflows.
     */
    boolean exemptsDuplicateAck() {
        return dataNews || (connection.layer.options.present() & ~MptcpOptions.DSS) != 0;
    }

    /** Bytes of this end are acknowledged: the receiver hears of it while no DATA_ACK ever came, nor an option now. */
    void onAcked(long nowNs) {
        if (!dataAckSeen && !connection.fallenBack && connection.layer.options.present() == 0) {
            subflow.receiver.onPlainAck(nowNs);
        }
    }

    /** Whether the peer ever said how much of this end's data it has: it speaks Multipath TCP, and options passed in both directions. */
    boolean dataAckSeen() {
        return dataAckSeen;
    }

    /** Segments without payload since the last with an option of Multipath TCP. */
    int bareSegments() {
        return bareSegments;
    }
}
