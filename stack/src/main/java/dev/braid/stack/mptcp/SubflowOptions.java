package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.stack.tcp.SegmentKind;
import dev.braid.stack.tcp.UpperLayer.Stamping;

/**
 * Who may say what on a subflow's next segment: the 28 bytes beside timestamps do not hold all that is wanted at once.
 *
 * <p>A handshake's option comes first, for nothing works before it. Payload has its mapping, always of the same length, so that
 * segments stay of one size. A pure ACK has the DATA_ACK, and what address signals and MP_FAIL fit beside it or, where one does not
 * fit, without it: the next ACK brings the DATA_ACK again. A reset says why. What is left over is SACK's. Core thread only.
 */
final class SubflowOptions {
    private final MptcpConnection connection;
    private final Subflow subflow;

    SubflowOptions(MptcpConnection connection, Subflow subflow) {
        this.connection = connection;
        this.subflow = subflow;
    }

    /** See UpperLayer.reserveOptions. */
    int reserve(SegmentKind kind, int room) {
        int wanted = switch (kind) {
            case SYN, SYN_ACK -> handshake(kind);
            case RESET -> resetLength();
            case DATA -> dataLength(room);
            case THIRD_ACK, ACK -> knowsNobody() ? 0 : ackLength(kind, room);
            case PROBE -> knowsNobody() ? 0 : connection.dss.reserve(subflow, kind, room);
        };
        return wanted <= room ? wanted : 0;
    }

    /**
     * Whether the peer has opened the subflow and not shown its keys yet. What it sends out of place is acknowledged even then, and any
     * option on that would show it that its keys have come.
     */
    private boolean knowsNobody() {
        Handshake handshake = subflow.handshake;
        return handshake != null && handshake.passive();
    }

    /** See UpperLayer.writeOptions. */
    int write(SegmentKind kind, long address, int reserved, long streamOffset) {
        return switch (kind) {
            case SYN, SYN_ACK -> writeHandshake(kind, address, streamOffset);
            case RESET -> writeReset(address);
            case DATA -> writeData(address, streamOffset);
            case THIRD_ACK, ACK -> writeAck(kind, address, reserved, streamOffset);
            case PROBE -> connection.dss.write(subflow, kind, address, streamOffset);
        };
    }

    private static int aligned(int length) {
        return length + 3 & ~3;
    }

    private int handshake(SegmentKind kind) {
        Handshake handshake = subflow.handshake;
        return handshake == null || connection.fallenBack ? 0 : aligned(handshake.length(kind));
    }

    private int writeHandshake(SegmentKind kind, long address, long streamOffset) {
        Handshake handshake = subflow.handshake;
        return handshake == null ? 0 : handshake.write(kind, address, streamOffset);
    }

    // Payload.

    private int dataLength(int room) {
        if (connection.fallenBack) {
            return connection.dss.reserve(subflow, SegmentKind.DATA, room);
        }
        return Math.max(connection.dss.reserve(subflow, SegmentKind.DATA, room), handshake(SegmentKind.DATA));
    }

    private int writeData(long address, long streamOffset) {
        if (streamOffset == 0 && handshake(SegmentKind.DATA) > 0) {
            return writeHandshake(SegmentKind.DATA, address, streamOffset);
        }
        return connection.dss.write(subflow, SegmentKind.DATA, address, streamOffset);
    }

    // Pure ACKs.

    private int ackLength(SegmentKind kind, int room) {
        if (handshakeOn(kind)) {
            return handshake(kind);
        }
        int fail = failLength();
        if (connection.fallenBack) {
            return fail + connection.dss.reserve(subflow, SegmentKind.ACK, room - fail);
        }
        int signals = connection.paths.signals.reserve(subflow, SegmentKind.ACK, room - fail);
        return fail + signals + connection.dss.reserve(subflow, SegmentKind.ACK, room - fail - signals);
    }

    /**
     * The third packet has nothing else, and so long as it is not confirmed the ACKs that follow repeat it. On the first subflow the
     * DATA_FIN does not wait for that; a joined one may not say it before (RFC 8684 section 3.2).
     */
    private boolean handshakeOn(SegmentKind kind) {
        boolean finGoesFirst = kind == SegmentKind.ACK && subflow.number() == 0 && connection.sender.finOutstanding();
        return handshake(kind) > 0 && !finGoesFirst;
    }

    /** How the next pure ACK carries timestamps: it may say something that has no room beside aligned ones. */
    Stamping stamping() {
        boolean signals = !connection.fallenBack && !handshakeOn(SegmentKind.ACK) && failLength() == 0;
        return signals ? connection.paths.signals.stamping(subflow) : Stamping.ALIGNED;
    }

    private int failLength() {
        return subflow.mpFailDue ? MptcpOptionWriter.FAIL : 0;
    }

    private int writeAck(SegmentKind kind, long address, int reserved, long streamOffset) {
        if (handshakeOn(kind)) {
            return writeHandshake(kind, address, streamOffset);
        }
        int written = writeFail(address);
        if (!connection.fallenBack
                && connection.paths.signals.reserve(subflow, SegmentKind.ACK, reserved - written) > 0) {
            written += connection.paths.signals.write(subflow, address + written, reserved - written);
        }
        if (connection.dss.reserve(subflow, SegmentKind.ACK, reserved - written) == 0) {
            return written;
        }
        return written + connection.dss.write(subflow, SegmentKind.ACK, address + written, streamOffset);
    }

    private int writeFail(long address) {
        if (!subflow.mpFailDue) {
            return 0;
        }
        // Without data, which has an infinite mapping, nothing else tells the peer, and nobody acknowledges an ACK.
        PlainSending plain = connection.sender.plain();
        subflow.mpFailDue = plain != null && plain.subflow() == subflow && plain.mayBeAlone();
        connection.layer.counters.mpFailTx.increment();
        return MptcpOptionWriter.writeFail(address, subflow.mpFailDsn);
    }

    // Resets.

    private int resetLength() {
        if (connection.fastClosing) {
            return MptcpOptionWriter.FASTCLOSE;
        }
        return failLength() + (subflow.resetReason == ResetReason.NONE ? 0 : MptcpOptionWriter.TCPRST);
    }

    private int writeReset(long address) {
        if (connection.fastClosing) {
            connection.layer.counters.mpFastcloseTx.increment();
            return MptcpOptionWriter.writeFastClose(address, connection.remoteKey);
        }
        int written = writeFail(address);
        if (subflow.resetReason != ResetReason.NONE) {
            connection.layer.counters.mpRstTx.increment();
            int reason = subflow.resetReason;
            written += MptcpOptionWriter.writeTcpRst(address + written, ResetReason.flags(reason), reason);
        }
        return written;
    }
}
