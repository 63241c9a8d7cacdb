package dev.braid.stack.mptcp;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.stack.tcp.ReceiveQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds the place of one subflow's in-order bytes in the connection's stream: by the mapping they carry, else by the one that was in
 * force when they came (RFC 8684 section 3.3.1). With checksums a mapping's bytes wait here until all of them have come.
 *
 * <p>Offsets count from the subflow's first byte behind its SYN: subflow sequence number - 1. Core thread only.
 */
final class SubflowReceiver {
    private final Subflow subflow;
    private final MptcpConnection connection;
    private final DataReceiver receiver;
    private final MptcpCounters counters;
    /** What waits for the rest of its mapping, or for the answer to an MP_FAIL. */
    private final ReceiveQueue held;

    // The mapping in force: [start, start + length) of the subflow lies at position of the stream.
    private long start;
    private long position;
    private int length;
    private int dataLevelLength;
    private int checksum;
    /** Of the bytes held. */
    private long sum;

    /** Place behind the last byte that this subflow's own segments allowed the peer to send. */
    long advertisedEdge;

    /** Offset behind the last byte that TCP delivered. */
    private long next;
    /**
     * Every byte so far had the place in the connection's stream that it has in the subflow's, by its mapping. A peer that sent
     * something again, or elsewhere, may do so without our seeing it yet: then bytes without mapping could be any.
     */
    private boolean straight = true;
    /** Bytes without mapping since the last one with. */
    private long unmapped;
    private boolean everMapped;
    private boolean checksumSeen;
    /** An MP_FAIL is on its way; what follows is not trustworthy until the peer has answered. */
    private boolean failed;
    /** A reset is on its way. */
    private boolean broken;

    SubflowReceiver(Subflow subflow) {
        this.subflow = subflow;
        connection = subflow.connection;
        receiver = connection.receiver;
        counters = connection.layer.counters;
        held = new ReceiveQueue(connection.layer.frames);
    }

    /** In-order bytes; takes the frame. */
    void onData(Frame frame, long offset, long nowNs) {
        next = offset + payload(frame);
        dispatch(frame, offset, nowNs);
    }

    private void dispatch(Frame frame, long offset, long nowNs) {
        if (connection.fallenBack) {
            if (subflow.resetReason < 0) {
                plain(frame, nowNs);
            } else {
                frame.release(); // not the one that the connection goes on with
            }
            return;
        }
        long mapping = DssMapping.of(frame);
        if (mapping != 0 && DssMapping.dataLevelLength(mapping) == DssMapping.INFINITE) {
            onInfinite(frame, offset, mapping, nowNs);
            return;
        }
        if (failed) {
            holdForAnswer(frame, nowNs);
            return;
        }
        if (broken) {
            frame.release();
            return;
        }
        mapped(frame, offset, mapping, nowNs);
    }

    /**
     * "An infinite mapping can be used to fall back to regular TCP" (section 3.7). It says itself where the bytes belong: they have to
     * be the next ones.
     */
    private void onInfinite(Frame frame, long offset, long mapping, long nowNs) {
        long first = offset - held.available();
        long place = DssMapping.position(mapping) + first - offsetOf(mapping, offset);
        if (isAlone() && place == receiver.rcvNxt()) {
            fallBack(frame, FallbackReason.INFINITE_MAPPING, nowNs);
        } else {
            invalid(frame, offset, nowNs);
        }
    }

    private void mapped(Frame frame, long givenOffset, long mapping, long nowNs) {
        long offset = givenOffset;
        if (mapping != 0 && !inForce(mapping, offset)) {
            long covered = start + length - offset;
            if (covered >= payload(frame)) {
                // "A sender MUST NOT change this mapping after it has been declared."
                counters.dssNotMatching.increment();
                invalid(frame, offset, nowNs);
                return;
            }
            if (covered > 0) {
                // Put together on the way: the end of what the old mapping covers, and the beginning of the new one's.
                splitOff(frame, offset, (int) covered, nowNs);
                offset += covered;
                if (isBeyondMappings()) {
                    dispatch(frame, offset, nowNs);
                    return;
                }
            }
            long missing = offsetOf(mapping, offset) - offset;
            if (missing > 0 && missing < payload(frame)) {
                // Put together as well, and the mapping of the first part is lost.
                frame.payloadOffset(frame.payloadOffset() + (int) missing);
                offset += missing;
                countUnmapped((int) missing, nowNs);
            }
            if (!covers(mapping, offset)) {
                counters.dssNoMatchTcp.increment();
                invalid(frame, offset, nowNs);
                return;
            }
            adopt(mapping, offset);
        }
        DssMapping.remove(frame);
        int covered = (int) Math.max(0, Math.min(start + length - offset, payload(frame)));
        if (covered == 0) {
            without(frame, offset, mapping != 0, nowNs);
            return;
        }
        int rest = payload(frame) - covered;
        if (rest == 0) {
            take(frame, offset, covered, nowNs);
            return;
        }
        splitOff(frame, offset, covered, nowNs);
        if (isBeyondMappings()) {
            dispatch(frame, offset + covered, nowNs);
        } else {
            frame.release();
            countUnmapped(rest, nowNs);
        }
    }

    /** What was learnt of the first bytes of a frame may decide on all that follow. */
    private boolean isBeyondMappings() {
        return connection.fallenBack || failed || broken;
    }

    /** Whether the mapping is the one in force, or says the same of these bytes. */
    private boolean inForce(long mapping, long offset) {
        long from = offsetOf(mapping, offset);
        if (from == start && DssMapping.payload(mapping) == length) {
            return DssMapping.position(mapping) == position;
        }
        return false;
    }

    /** The mapping's subflow sequence number as an offset near this one. */
    private static long offsetOf(long mapping, long near) {
        return near + (DssMapping.ssn(mapping) - 1 - (int) near);
    }

    /** Whether the mapping is of the byte at this offset. */
    private static boolean covers(long mapping, long offset) {
        long from = offsetOf(mapping, offset);
        return from <= offset && offset < from + DssMapping.payload(mapping);
    }

    private void adopt(long mapping, long offset) {
        start = offsetOf(mapping, offset);
        position = DssMapping.position(mapping);
        length = DssMapping.payload(mapping);
        dataLevelLength = DssMapping.dataLevelLength(mapping);
        checksum = DssMapping.checksum(mapping);
        sum = 0;
        everMapped = true;
        straight &= position == start;
        if (checksum < 0 || offset == start) {
            unmapped = 0;
        } else {
            // Its first bytes came without it and are gone, so what it covers cannot be verified: it is as good as none.
            length = 0;
        }
    }

    /** Lets the first bytes of a frame go their way, in a frame of their own. */
    private void splitOff(Frame frame, long offset, int bytes, long nowNs) {
        Frame first = connection.layer.frames.take(bytes);
        if (first != null) {
            first.resize(bytes);
            first.payloadOffset(0);
            Memory.copy(frame.data() + frame.payloadOffset(), first.data(), bytes);
            take(first, offset, bytes, nowNs);
        } else {
            // Its mapping cannot be completed any more.
            length = 0;
            releaseHeld();
            countUnmapped(bytes, nowNs);
        }
        frame.payloadOffset(frame.payloadOffset() + bytes);
    }

    /** Bytes that the mapping in force covers. */
    private void take(Frame frame, long offset, int bytes, long nowNs) {
        if (checksum < 0) {
            receiver.place(subflow, frame, position + (offset - start), nowNs);
            return;
        }
        sum = Checksum.sumAt(frame.data() + frame.payloadOffset(), bytes, sum, offset - start);
        hold(frame);
        if (offset + bytes == start + length) {
            verify(nowNs);
        }
    }

    private void verify(long nowNs) {
        if (!Checksum.isValid(sum + pseudoHeader(position, (int) start + 1, dataLevelLength) + checksum)) {
            onChecksumFailure(position, start + length, nowNs);
            return;
        }
        checksumSeen = true;
        long at = position;
        for (Frame next = takeHeld(); next != null; next = takeHeld()) {
            int bytes = payload(next);
            receiver.place(subflow, next, at, nowNs);
            at += bytes;
        }
        if (dataLevelLength > length) {
            receiver.onDataFin(subflow, position + length);
        }
    }

    /** Figure 10: the 64-bit data sequence number, the subflow sequence number, the data-level length. */
    private long pseudoHeader(long place, int ssn, int bytes) {
        long dsn = connection.idsnRemote + 1 + place;
        return (dsn >>> 32) + (dsn & 0xffff_ffffL) + (ssn & 0xffff_ffffL) + bytes;
    }

    /** A DATA_FIN came alone: "The checksum in this case will only cover the pseudo-header" (section 3.3.3). */
    boolean verifyFin(long place, MptcpOptions options, long nowNs) {
        if (Checksum.isValid(pseudoHeader(place, options.dss().ssn(), 1) + options.dss().checksum())) {
            return true;
        }
        if (!failed && !broken) {
            onChecksumFailure(place, next, nowNs);
        }
        return false;
    }

    // What goes wrong.

    /** Bytes that no mapping covers. */
    private void without(Frame frame, long offset, boolean mappedElsewhere, long nowNs) {
        if (!mappedElsewhere && mayFallBackUntold(offset)) {
            // The options were taken off on the way. Before the first mapping RFC 8684 section 3.7 has it so; later too there is only
            // one thing that the bytes of the only subflow can be, as long as nothing is missing before them.
            boolean first = connection.serverSide && receiver.rcvNxt() == 0;
            (first ? counters.mpCapableDataFallback : counters.dssFallback).increment();
            sayFailed();
            fallBack(frame, first ? FallbackReason.NO_CAPABLE_DATA : FallbackReason.NO_DSS, nowNs);
            return;
        }
        int bytes = payload(frame);
        frame.release();
        countUnmapped(bytes, nowNs);
    }

    /**
     * "If a mapping for that subflow-level sequence space does not arrive within a receive window of data, that subflow SHOULD be
     * treated as broken, closed with a RST, and any unmapped data silently discarded." Until then the peer, for want of a DATA_ACK,
     * sends it again. One whose very first data has none will not bring any: all that the peer gives to it would wait for that.
     */
    private void countUnmapped(int bytes, long nowNs) {
        straight = false;
        unmapped += bytes;
        if (unmapped > receiver.buffer.size() || !everMapped) {
            counters.dssCorruptionReset.increment();
            reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    /**
     * "If, however, an ACK is received for data (not just for the SYN) without a DSS option containing a Data ACK, the sender
     * determines that the path is not MPTCP capable" (RFC 8684 section 3.7), as long as none ever came.
     */
    void onPlainAck(long nowNs) {
        if (mayFallBackUntold()) {
            counters.dssFallback.increment();
            connection.fallback.begin(subflow, FallbackReason.NO_DSS, nowNs);
        } else {
            counters.fallbackFailed.increment();
            reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    /** A mapping that contradicts the subflow: something on the way changed one of them. */
    private void invalid(Frame frame, long offset, long nowNs) {
        if (mayFallBackUntold(offset)) {
            counters.dssCorruptionFallback.increment();
            sayFailed();
            fallBack(frame, FallbackReason.DSS_CORRUPTION, nowNs);
            return;
        }
        frame.release();
        counters.dssCorruptionReset.increment();
        reset(ResetReason.MPTCP_ERROR, nowNs);
    }

    /**
     * Whether the bytes of this subflow can be the stream's from now on without the peer's word for it: as long as no other subflow
     * could ever carry data, for nobody knows what the peer gave to that one.
     */
    boolean mayFallBackUntold() {
        return mayFallBackUntold(next);
    }

    private boolean mayFallBackUntold(long offset) {
        return !connection.joined && isInOrder(offset);
    }

    /** Whether they can once the peer says so by MP_FAIL: it knows of no other subflow then. */
    boolean mayFallBack() {
        return isInOrder(next);
    }

    /** The only subflow, and all that came over it before this offset is the stream so far. */
    private boolean isInOrder(long offset) {
        return straight && subflow.number() == 0 && isAlone() && offset - held.available() == receiver.rcvNxt();
    }

    private boolean isAlone() {
        return connection.fallback.isPossible(subflow, failed) && connection.sender.isContiguous(subflow)
                && !receiver.hasHole();
    }

    private void reset(int reason, long nowNs) {
        broken = true;
        releaseHeld();
        subflow.reset(reason, nowNs);
    }

    private void onChecksumFailure(long place, long offset, long nowNs) {
        counters.dataCsumErr.increment();
        boolean alone = isInOrder(offset);
        if (alone && !checksumSeen && !connection.joined) {
            // As the kernel has it: a box that changes the very first data changes all. The peer hears of it all the same.
            sayFailed();
            connection.fallback.begin(subflow, FallbackReason.CHECKSUM, nowNs);
        } else if (alone) {
            // Section 3.7: "it will send back an MP_FAIL option on the subflow-level ACK".
            failed = true;
            sayFailed();
            receiver.awaitAnswer(subflow, nowNs);
        } else {
            // "the affected subflow must be immediately closed with a RST that includes an MP_FAIL option"
            subflow.mpFail(connection.idsnRemote + 1 + place);
            reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    /** To a peer that has shown options behind the handshake: one that never did is plain already, or none of ours reaches it. */
    private void sayFailed() {
        if (everMapped || subflow.input.dataAckSeen()) {
            subflow.mpFail(connection.idsnRemote + 1 + receiver.rcvNxt());
            subflow.tcb.demandAck();
        }
    }

    /** Whether an MP_FAIL waits for its answer. */
    boolean isFailed() {
        return failed;
    }

    // Fallback.

    private void fallBack(Frame frame, FallbackReason reason, long nowNs) {
        hold(frame);
        connection.fallback.begin(subflow, reason, nowNs);
    }

    /** The subflow is the connection from now on: what waits for anything is next. */
    void deliverHeld(long nowNs) {
        failed = false;
        for (Frame next = takeHeld(); next != null; next = takeHeld()) {
            receiver.placeNext(next, nowNs);
        }
    }

    private void plain(Frame frame, long nowNs) {
        DssMapping.remove(frame);
        receiver.placeNext(frame, nowNs);
    }

    // What is held.

    private void hold(Frame frame) {
        DssMapping.remove(frame);
        long before = held.trueSize();
        held.append(frame);
        receiver.buffer.onHeld(held.trueSize() - before);
    }

    /** A peer that goes on, answering nothing, until its window is used up, and then beyond it, is not waited for. */
    private void holdForAnswer(Frame frame, long nowNs) {
        DssMapping.remove(frame);
        long before = held.trueSize();
        held.appendPacked(frame);
        receiver.buffer.onHeld(held.trueSize() - before);
        if (held.available() > receiver.buffer.size()) {
            counters.fallbackFailed.increment();
            failed = false;
            reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    private @Nullable Frame takeHeld() {
        long before = held.trueSize();
        Frame next = held.take();
        receiver.buffer.onHeld(held.trueSize() - before);
        return next;
    }

    private void releaseHeld() {
        for (Frame next = takeHeld(); next != null; next = takeHeld()) {
            next.release();
        }
    }

    // What diagnostics show.

    /** Whether a mapping covers what arrives next. */
    boolean isMapped(long offset) {
        return everMapped && offset < start + length;
    }

    /** Data sequence number of the mapping in force; 0 before the first. */
    long mappedDsn() {
        return everMapped ? connection.idsnRemote + 1 + position : 0;
    }

    /** Subflow sequence number of the mapping in force; 0 before the first. */
    int mappedSsn() {
        return everMapped ? (int) start + 1 : 0;
    }

    /** Payload bytes of the mapping in force. */
    int mappedLength() {
        return length;
    }

    /** Lets go of all memory: the subflow is gone. */
    void release() {
        releaseHeld();
    }

    private static int payload(Frame frame) {
        return frame.linearLength() - frame.payloadOffset();
    }
}
