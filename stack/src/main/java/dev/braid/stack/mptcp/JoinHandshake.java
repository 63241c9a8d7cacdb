package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.tcp.SegmentKind;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.UpperLayer.Verdict;

/**
 * MP_JOIN's packets on a further subflow (RFC 8684 section 3.2): each end proves with an HMAC over both nonces that it has both keys.
 * The third packet is repeated until the peer's next one shows that it came.
 */
final class JoinHandshake implements Handshake {
    /** How often the third packet is repeated: with a timeout that doubles, about as long as a SYN is. */
    private static final int MAX_REPEATS = 5;

    private final MptcpConnection connection;
    private final Subflow subflow;
    private final boolean passive;
    private final int localNonce;
    private int remoteNonce;
    private boolean counted;
    /** This end's HMAC may be sent: the peer's nonce is known and, where it comes first, its HMAC was right. */
    private boolean proved;
    private int repeats;
    private long repeatNs = Deadlines.NONE;

    /** Of a subflow that this end opens. */
    JoinHandshake(MptcpConnection connection, Subflow subflow, int localNonce) {
        this.connection = connection;
        this.subflow = subflow;
        this.localNonce = localNonce;
        passive = false;
    }

    /** Of a subflow that the peer opens. */
    JoinHandshake(MptcpConnection connection, Subflow subflow, int localNonce, int remoteNonce) {
        this.connection = connection;
        this.subflow = subflow;
        this.localNonce = localNonce;
        this.remoteNonce = remoteNonce;
        passive = true;
        proved = true;
    }

    @Override
    public int length(SegmentKind kind) {
        return switch (kind) {
            case SYN -> MptcpOptionWriter.JOIN_SYN;
            case SYN_ACK -> MptcpOptionWriter.JOIN_SYN_ACK;
            case THIRD_ACK, ACK -> passive || !proved ? 0 : MptcpOptionWriter.JOIN_ACK;
            case PROBE, DATA, RESET -> 0;
        };
    }

    @Override
    public int write(SegmentKind kind, long address, long streamOffset) {
        switch (kind) {
            case SYN -> {
                if (!counted) {
                    counted = true;
                    connection.layer.counters.mpJoinSynTx.increment();
                }
                return MptcpOptionWriter.writeJoinSyn(
                        address, subflow.localBackup, subflow.localId, connection.remoteToken, localNonce);
            }
            case SYN_ACK -> {
                Keys keys = own();
                return MptcpOptionWriter.writeJoinSynAck(
                        address, subflow.localBackup, subflow.localId, keys.leftmost64(), localNonce);
            }
            case THIRD_ACK, ACK -> {
                Keys keys = own();
                return MptcpOptionWriter.writeJoinAck(address, keys.leftmost64(), keys.middle64(), keys.low32());
            }
            default -> {
                return 0;
            }
        }
    }

    private Keys own() {
        Keys keys = connection.layer.keys;
        keys.join(connection.localKey, connection.remoteKey, localNonce, remoteNonce);
        return keys;
    }

    private Keys theirs() {
        Keys keys = connection.layer.keys;
        keys.join(connection.remoteKey, connection.localKey, remoteNonce, localNonce);
        return keys;
    }

    @Override
    public boolean passive() {
        return passive;
    }

    @Override
    public Verdict onSegment(TcpSegment segment, MptcpOptions options, long nowNs) {
        if (passive) {
            return segment.has(Tcp.SYN) ? Verdict.PROCEED : onThirdAck(options);
        }
        if (segment.has(Tcp.SYN)) {
            return proved ? Verdict.PROCEED : onSynAck(segment, options, nowNs);
        }
        // "It moves to the ESTABLISHED state only on receipt of an ACK from the receiver."
        repeatNs = Deadlines.NONE;
        subflow.handshakeDone();
        return Verdict.PROCEED;
    }

    private Verdict onSynAck(TcpSegment segment, MptcpOptions options, long nowNs) {
        MptcpCounters counters = connection.layer.counters;
        boolean answered = segment.has(Tcp.ACK)
                && options.has(MptcpOptions.MP_JOIN)
                && options.join().length() == MptcpOptionWriter.JOIN_SYN_ACK;
        if (!answered) {
            // "If the SYN/ACK as received at Host A does not have an MP_JOIN option, Host A MUST close the subflow with a TCP RST."
            return refuse();
        }
        counters.mpJoinSynAckRx.increment();
        if (subflow.remotePort() != connection.remotePort()) {
            counters.mpJoinPortSynAckRx.increment();
        }
        remoteNonce = options.join().nonce();
        if (theirs().leftmost64() != options.join().hmacHigh()) {
            counters.mpJoinSynAckHmacFailure.increment();
            return refuse();
        }
        subflow.remoteId = options.join().addressId();
        subflow.remoteBackup = options.join().backup();
        if (subflow.remoteBackup) {
            counters.mpJoinSynAckBackupRx.increment();
        }
        proved = true;
        // Data may come once the peer has the third packet, and its answer, the fourth, may be lost.
        connection.joined = true;
        repeatNs = nowNs + subflow.tcb.rtoNs();
        connection.deadlineMoved(repeatNs);
        return Verdict.PROCEED;
    }

    private Verdict onThirdAck(MptcpOptions options) {
        MptcpCounters counters = connection.layer.counters;
        boolean answered = options.has(MptcpOptions.MP_JOIN) && options.join().length() == MptcpOptionWriter.JOIN_ACK;
        if (!answered) {
            // "If ... the MP_JOIN option is missing from the ACK, it MUST close the subflow with a RST."
            return refuse();
        }
        Keys keys = theirs();
        boolean right = keys.leftmost64() == options.join().hmacHigh()
                && keys.middle64() == options.join().hmacMiddle()
                && keys.low32() == options.join().hmacLow();
        if (!right) {
            counters.mpJoinAckHmacFailure.increment();
            return refuse();
        }
        if (!connection.paths.mayProve(subflow)) {
            // Others were proved meanwhile: those that are not do not count until they are.
            counters.mpJoinRejected.increment();
            connection.decisions.taken(PathDecision.REFUSED_JOIN, null);
            return refuse(ResetReason.PROHIBITED);
        }
        counters.mpJoinAckRx.increment();
        if (subflow.localPort() != connection.localPort()) {
            boolean announced = connection.paths.isAnnounced(
                    subflow.tcb.localHi(), subflow.tcb.localLo(), subflow.localPort());
            (announced ? counters.mpJoinPortAckRx : counters.mismatchPortAckRx).increment();
        }
        connection.joined = true;
        subflow.handshakeDone();
        // "Receipt of this packet MUST trigger a regular TCP ACK in response."
        subflow.tcb.demandAck();
        return Verdict.PROCEED;
    }

    private Verdict refuse() {
        return refuse(ResetReason.MPTCP_ERROR);
    }

    private Verdict refuse(int reason) {
        subflow.resetReason = reason;
        return Verdict.RESET;
    }

    /** When the third packet is to be repeated. */
    long deadlineNs() {
        return repeatNs;
    }

    /** Repeats the third packet when that is due; gives the subflow up in the end. */
    void work(long nowNs) {
        if (nowNs < repeatNs) {
            return;
        }
        if (repeats++ == MAX_REPEATS) {
            repeatNs = Deadlines.NONE;
            subflow.reset(ResetReason.MPTCP_ERROR, nowNs);
            return;
        }
        repeatNs = nowNs + (subflow.tcb.rtoNs() << repeats);
        subflow.tcb.demandAck();
    }
}
