package dev.braid.stack.mptcp;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.ReceiveQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds the place of one subflow's in-order bytes in the connection's stream: by the mapping they carry, else by the one that was in
 * force when they came (RFC 8684 section 3.3.1). With checksums a mapping's bytes wait here until all of them have come.
 *
 * <p>Offsets count from the subflow's first byte behind its SYN: subflow sequence number - 1. Core thread only.
 */
final class SubflowReceiver {
    private static final long NOWHERE = -1;

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
    private long sum;

    /** The peer's last segment had no option of Multipath TCP. */
    boolean heardPlain;

    /** Place behind the last byte that this subflow's own segments allowed the peer to send. */
    long advertisedEdge;

    /** Place behind the last byte, or {@link #NOWHERE} when bytes were lost for want of a mapping. */
    private long end;
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
            onInfinite(frame, nowNs);
            return;
        }
        if (failed) {
            hold(frame);
            return;
        }
        if (broken) {
            frame.release();
            return;
        }
        mapped(frame, offset, mapping, nowNs);
    }

    /** "An infinite mapping can be used to fall back to regular TCP" (section 3.7), if the stream's order is known without mappings. */
    private void onInfinite(Frame frame, long nowNs) {
        if (mayFallBack()) {
            fallBack(frame, FallbackReason.INFINITE_MAPPING, nowNs);
        } else {
            invalid(frame, nowNs);
        }
    }

    private void mapped(Frame frame, long givenOffset, long mapping, long nowNs) {
        long offset = givenOffset;
        if (mapping != 0 && !inForce(mapping, offset)) {
            long covered = start + length - offset;
            if (covered >= payload(frame)) {
                // "A sender MUST NOT change this mapping after it has been declared."
                counters.dssNotMatching.increment();
                invalid(frame, nowNs);
                return;
            }
            if (covered > 0) {
                // Put together on the way: the end of what the old mapping covers, and the beginning of the new one's.
                splitOff(frame, offset, (int) covered, nowNs);
                offset += covered;
            }
            long missing = offsetOf(mapping, offset) - offset;
            if (missing > 0 && missing < payload(frame)) {
                // Put together as well, and the mapping of the first part is lost.
                frame.payloadOffset(frame.payloadOffset() + (int) missing);
                offset += missing;
                countUnmapped((int) missing, nowNs);
            }
            if (!adopt(mapping, offset)) {
                counters.dssNoMatchTcp.increment();
                invalid(frame, nowNs);
                return;
            }
        }
        DssMapping.remove(frame);
        int covered = (int) Math.max(0, Math.min(start + length - offset, payload(frame)));
        if (covered == 0) {
            without(frame, mapping != 0, nowNs);
            return;
        }
        int rest = payload(frame) - covered;
        if (rest > 0) {
            frame.resize(frame.linearLength() - rest);
        }
        take(frame, offset, covered, nowNs);
        if (rest > 0) {
            countUnmapped(rest, nowNs);
        }
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

    private boolean adopt(long mapping, long offset) {
        long from = offsetOf(mapping, offset);
        int bytes = DssMapping.payload(mapping);
        boolean verified = DssMapping.checksum(mapping) >= 0;
        if (offset < from || offset >= from + bytes || (verified && offset != from)) {
            return false;
        }
        start = from;
        position = DssMapping.position(mapping);
        length = bytes;
        dataLevelLength = DssMapping.dataLevelLength(mapping);
        checksum = DssMapping.checksum(mapping);
        sum = 0;
        unmapped = 0;
        everMapped = true;
        return true;
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
            countUnmapped(bytes, nowNs);
        }
        frame.payloadOffset(frame.payloadOffset() + bytes);
    }

    /** Bytes that the mapping in force covers. */
    private void take(Frame frame, long offset, int bytes, long nowNs) {
        if (checksum < 0) {
            end = position + (offset - start) + bytes;
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
        long dsn = connection.idsnRemote + 1 + position;
        int ssn = (int) start + 1;
        // Figure 10: the 64-bit data sequence number, the subflow sequence number, the data-level length.
        long pseudo = (dsn >>> 32) + (dsn & 0xffff_ffffL) + (ssn & 0xffff_ffffL) + dataLevelLength;
        if (!Checksum.isValid(sum + pseudo + checksum)) {
            onChecksumFailure(nowNs);
            return;
        }
        checksumSeen = true;
        end = position + length;
        long at = position;
        for (Frame next = takeHeld(); next != null; next = takeHeld()) {
            int bytes = payload(next);
            receiver.place(subflow, next, at, nowNs);
            at += bytes;
        }
    }

    // What goes wrong.

    /** Bytes that no mapping covers. */
    private void without(Frame frame, boolean mappedElsewhere, long nowNs) {
        if (!mappedElsewhere && mayFallBack()) {
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
        end = NOWHERE;
        countUnmapped(bytes, nowNs);
    }

    /**
     * "If a mapping for that subflow-level sequence space does not arrive within a receive window of data, that subflow SHOULD be
     * treated as broken, closed with a RST, and any unmapped data silently discarded." Until then the peer, for want of a DATA_ACK,
     * sends it again.
     */
    private void countUnmapped(int bytes, long nowNs) {
        end = NOWHERE;
        unmapped += bytes;
        if (unmapped > receiver.buffer.size()) {
            counters.dssCorruptionReset.increment();
            reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    /**
     * "If, however, an ACK is received for data (not just for the SYN) without a DSS option containing a Data ACK, the sender
     * determines that the path is not MPTCP capable" (RFC 8684 section 3.7), as long as none ever came.
     */
    void onPlainAck(long nowNs) {
        if (mayFallBack()) {
            counters.dssFallback.increment();
            connection.fallBack(subflow, FallbackReason.NO_DSS, nowNs);
        } else {
            reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    /** A mapping that contradicts the subflow: something on the way changed one of them. */
    private void invalid(Frame frame, long nowNs) {
        if (mayFallBack()) {
            counters.dssCorruptionFallback.increment();
            sayFailed();
            fallBack(frame, FallbackReason.DSS_CORRUPTION, nowNs);
            return;
        }
        frame.release();
        counters.dssCorruptionReset.increment();
        reset(ResetReason.MPTCP_ERROR, nowNs);
    }

    /** The only subflow, and whatever came over it is in order up to here: its bytes are the stream's. */
    boolean mayFallBack() {
        return connection.mayFallBack(subflow)
                && connection.sender.isContiguous(subflow)
                && !receiver.hasHole()
                && end == receiver.rcvNxt();
    }

    private void reset(int reason, long nowNs) {
        broken = true;
        releaseHeld();
        subflow.reset(reason, nowNs);
    }

    /**
     * Data was not acknowledged at the data level in time. Where all of it was at the subflow's, by segments without any option, the
     * options are taken off on the way back: without DATA_ACKs the connection would never end, as plain TCP it can go on.
     *
     * @return whether it does
     */
    boolean fallsBackUnheard(long nowNs) {
        if (!heardPlain || subflow.tcb.flightSize() > 0 || !mayFallBack()) {
            return false;
        }
        counters.dssFallback.increment();
        sayFailed();
        fallBack(FallbackReason.NO_DSS, nowNs);
        return true;
    }

    private void onChecksumFailure(long nowNs) {
        counters.dataCsumErr.increment();
        boolean alone = mayFallBack();
        if (alone && !checksumSeen) {
            // As the kernel has it: a box that changes the very first data changes all. The peer hears of it all the same.
            sayFailed();
            fallBack(FallbackReason.CHECKSUM, nowNs);
        } else if (alone) {
            // Section 3.7: "it will send back an MP_FAIL option on the subflow-level ACK".
            failed = true;
            sayFailed();
            receiver.awaitAnswer(subflow, nowNs);
        } else {
            // "the affected subflow must be immediately closed with a RST that includes an MP_FAIL option"
            subflow.mpFail(connection.idsnRemote + 1 + position);
            reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    private void sayFailed() {
        if (everMapped) {
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
        fallBack(reason, nowNs);
    }

    private void fallBack(FallbackReason reason, long nowNs) {
        connection.fallBack(subflow, reason, nowNs);
        deliverHeld(nowNs);
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
