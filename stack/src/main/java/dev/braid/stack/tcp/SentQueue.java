package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What is sent and not acknowledged, in order: the retransmission queue and the SACK scoreboard in one (RFC 9293 §3.10.7.4,
 * RFC 2018, RFC 6675). Positions as in {@link SentSegment}; the caller turns sequence numbers into positions.
 *
 * <p>A cumulative acknowledgment may end at any byte. A SACK block divides a record only where the frame was cut into packets,
 * and not at all once there are {@code maxRecords}: hostile blocks cannot make slivers (CVE-2019-11477, -11478, -11479).
 * Neighbours that are both SACKed become one record, so a growing block costs what is new in it. Core thread only; allocates
 * only while growing.
 */
public final class SentQueue {
    /**
     * An empty queue at position -1, before the SYN.
     *
     * @param maxRecords the most records that sending and SACK blocks may make; {@link #isFull()} then holds sending back
     */
    public SentQueue(int maxRecords) {
        throw new UnsupportedOperationException("" + maxRecords);
    }

    /** Whether all that was sent is acknowledged. */
    public boolean isEmpty() {
        throw new UnsupportedOperationException();
    }

    /** Whether nothing more should be sent until something is acknowledged. */
    public boolean isFull() {
        throw new UnsupportedOperationException();
    }

    /** Records held. */
    public int records() {
        throw new UnsupportedOperationException();
    }

    /** Record {@code index} in order of position, {@code 0 <= index < records()}. */
    public SentSegment record(int index) {
        throw new UnsupportedOperationException("" + index);
    }

    /** The oldest unacknowledged position: SND.UNA. */
    public long start() {
        throw new UnsupportedOperationException();
    }

    /** The position behind all that was ever sent: SND.NXT at its highest. */
    public long end() {
        throw new UnsupportedOperationException();
    }

    /** FlightSize: sequence numbers sent and not cumulatively acknowledged. */
    public long bytes() {
        throw new UnsupportedOperationException();
    }

    /** Of those, SACKed. */
    public long sackedBytes() {
        throw new UnsupportedOperationException();
    }

    /** Of those, believed lost and not sent again. */
    public long lostBytes() {
        throw new UnsupportedOperationException();
    }

    /** What is believed to be in the network: {@code bytes() - sackedBytes() - lostBytes()} (RFC 6675's pipe). */
    public long pipe() {
        throw new UnsupportedOperationException();
    }

    /** The position behind the highest SACKed one, {@link #start()} when none is. */
    public long highestSacked() {
        throw new UnsupportedOperationException();
    }

    /** A frame was sent for the first time, at position {@link #end()}. */
    public void append(int dataLength, boolean syn, boolean fin, int mss, long nowNs) {
        throw new UnsupportedOperationException("" + dataLength + syn + fin + mss + nowNs);
    }

    /**
     * Starts a new acknowledgment: {@link #deliveredBytes()} and {@link #rttSentNs()} report what {@link #ack} and
     * {@link #markSacked} do from here.
     */
    public void beginAck() {
        throw new UnsupportedOperationException();
    }

    /** Sequence numbers acknowledged or SACKed for the first time since {@link #beginAck()}. */
    public long deliveredBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * When the latest segment was sent of those delivered since {@link #beginAck()} that were sent only once, or
     * {@code Long.MIN_VALUE} when there is none (Karn's algorithm, RFC 6298 §3).
     */
    public long rttSentNs() {
        throw new UnsupportedOperationException();
    }

    /**
     * A cumulative acknowledgment: forgets what lies before {@code upTo}, cutting a record if need be.
     *
     * @return sequence numbers it moved over, those SACKed before included; 0 when it is old
     * @throws IllegalArgumentException when it acknowledges what was never sent, which the caller must have refused
     */
    public int ack(long upTo) {
        throw new UnsupportedOperationException("" + upTo);
    }

    /**
     * A SACK block, of which only packets wholly inside count. Blocks outside of what is in flight, reversed or repeated do
     * nothing.
     *
     * @return sequence numbers SACKed for the first time
     */
    public int markSacked(long from, long to) {
        throw new UnsupportedOperationException("" + from + to);
    }

    /** Forgets all SACK blocks: after a timeout, for the receiver may have reneged (RFC 2018 §8). */
    public void forgetSacks() {
        throw new UnsupportedOperationException();
    }

    /**
     * Marks lost what has at least {@code thresholdBytes} SACKed above it and was not sent again (RFC 6675's IsLost).
     *
     * @return sequence numbers that became lost
     */
    public int markLostBySack(int thresholdBytes) {
        throw new UnsupportedOperationException("" + thresholdBytes);
    }

    /**
     * Marks lost the first packet that is not SACKed: what fast retransmit and a partial acknowledgment call for (RFC 6582
     * §3.2), at most {@code maxBytes} of it.
     *
     * @return sequence numbers that became lost; 0 when it was lost already
     */
    public int markOldestLost(int maxBytes) {
        throw new UnsupportedOperationException("" + maxBytes);
    }

    /**
     * Marks lost all that is not SACKed, whether it was sent again or not: the retransmission timer expired.
     *
     * @return sequence numbers that became lost
     */
    public long markAllLost() {
        throw new UnsupportedOperationException();
    }

    /** The first record that is lost and not sent again, or {@code null}. */
    public @Nullable SentSegment nextLost() {
        throw new UnsupportedOperationException();
    }

    /** The first record that is not SACKed, or {@code null} when nothing is in flight: what the retransmission timer is about. */
    public @Nullable SentSegment oldest() {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes the record no longer than {@code maxData} data bytes before it is sent again; the rest becomes a record of its
     * own behind it, with a FIN if there was one.
     */
    public void truncate(SentSegment segment, int maxData) {
        throw new UnsupportedOperationException(segment.toString() + maxData);
    }

    /** The record was sent again, in packets of {@code mss} bytes: it is in flight. */
    public void onRetransmitted(SentSegment segment, int mss, long nowNs) {
        throw new UnsupportedOperationException(segment.toString() + mss + nowNs);
    }

    /** Forgets everything; positions stay. */
    public void clear() {
        throw new UnsupportedOperationException();
    }
}
