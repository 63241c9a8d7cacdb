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
    /** What acknowledgments say about the path's rate. */
    final DeliveryRate rate = new DeliveryRate();
    /** What the present acknowledgment delivered. */
    final AckNews news = new AckNews();

    private final SentRecords records = new SentRecords();
    private final ResentList resent = new ResentList();
    private final int maxRecords;
    private long start = -1;
    private long end = -1;
    private long sackedBytes;
    private int sackedPackets;
    private long lostBytes;
    private long newlyLost;
    private int lostAgain;
    private long highestSacked = -1;
    private long deliveredPackets;
    /** Below this position {@link LossMarking} has nothing left to judge among what was sent once. */
    long judged = -1;
    /** Below this position no record is lost. */
    private long lostFrom = -1;

    /**
     * An empty queue at position -1, before the SYN.
     *
     * @param maxRecords the most records that sending and SACK blocks may make; {@link #isFull()} then holds sending back
     */
    public SentQueue(int maxRecords) {
        this.maxRecords = maxRecords;
    }

    /** Whether all that was sent is acknowledged. */
    public boolean isEmpty() {
        return start == end;
    }

    /** Whether nothing more should be sent until something is acknowledged. */
    public boolean isFull() {
        return records.count() >= maxRecords;
    }

    /** Records held. */
    public int records() {
        return records.count();
    }

    /** Record {@code index} in order of position, {@code 0 <= index < records()}. */
    public SentSegment record(int index) {
        return records.at(index);
    }

    /** The index of the record that holds the position; -1 before all. */
    int find(long position) {
        return records.find(position);
    }

    /** What was sent again and is in flight, in order of time. */
    ResentList resent() {
        return resent;
    }

    /** The oldest unacknowledged position: SND.UNA. */
    public long start() {
        return start;
    }

    /** The position behind all that was ever sent: SND.NXT at its highest. */
    public long end() {
        return end;
    }

    /** FlightSize: sequence numbers sent and not cumulatively acknowledged. */
    public long bytes() {
        return end - start;
    }

    /** Of those, SACKed. */
    public long sackedBytes() {
        return sackedBytes;
    }

    /** Packets that SACK blocks named, of those in flight. */
    public int sackedPackets() {
        return sackedPackets;
    }

    /** Of those in flight, believed lost and not sent again. */
    public long lostBytes() {
        return lostBytes;
    }

    /** Sequence numbers that became lost since this was last asked: what an acknowledgment's sample tells congestion control. */
    public long takeNewlyLost() {
        long taken = newlyLost;
        newlyLost = 0;
        return taken;
    }

    /** How many records were lost again after they had been sent again, since this was last asked. */
    public int takeLostAgain() {
        int taken = lostAgain;
        lostAgain = 0;
        return taken;
    }

    /** What is believed to be in the network: {@code bytes() - sackedBytes() - lostBytes()} (RFC 6675's pipe). */
    public long pipe() {
        return bytes() - sackedBytes - lostBytes;
    }

    /** Packets in the network that were sent more than once. */
    public int resentPackets() {
        return resent.packets();
    }

    /** Whether the record that holds the position, if one does, was sent again. */
    public boolean wasResent(long position) {
        int index = records.find(position);
        return index >= 0 && position < records.at(index).end() && records.at(index).retransmits > 0;
    }

    /** The position behind the highest SACKed one, {@link #start()} when none is. */
    public long highestSacked() {
        return Math.max(highestSacked, start);
    }

    /** A frame was sent for the first time, at position {@link #end()}. */
    public void append(int dataLength, boolean syn, boolean fin, int mss, long nowNs) {
        SentSegment record = records.insert(records.count());
        record.start = end;
        record.dataLength = dataLength;
        record.syn = syn;
        record.fin = fin;
        record.mss = Math.max(1, mss);
        record.grid = record.dataStart();
        record.sentNs = nowNs;
        record.firstSentNs = nowNs;
        record.retransmits = 0;
        record.sacked = false;
        record.lost = false;
        record.sackedPackets = 0;
        rate.onSent(record, pipe(), nowNs);
        end += record.length();
    }

    /** Starts a new acknowledgment: {@link #news} tells what {@link #ack} and {@link #markSacked} do from here. */
    public void beginAck() {
        news.begin(highestSacked);
    }

    /** Whether something is in flight that was sent again. */
    public boolean hasRepairs() {
        return !resent.isEmpty();
    }

    /** Packets of the wire acknowledged or SACKed since the connection began. */
    public long deliveredPackets() {
        return deliveredPackets;
    }

    /**
     * A cumulative acknowledgment: forgets what lies before {@code upTo}, cutting a record if need be.
     *
     * @return sequence numbers it moved over, those SACKed before included; 0 when it is old
     * @throws IllegalArgumentException when it acknowledges what was never sent, which the caller must have refused
     */
    public int ack(long upTo) {
        if (upTo > end) {
            throw new IllegalArgumentException("acknowledged up to " + upTo + " where " + end + " is the last sent");
        }
        if (upTo <= start) {
            return 0;
        }
        int whole = 0;
        while (whole < records.count() && records.at(whole).end() <= upTo) {
            SentSegment record = records.at(whole++);
            forget(record, record.length());
            resent.remove(record);
        }
        records.remove(0, whole);
        if (records.count() > 0 && records.at(0).start < upTo) {
            SentSegment cut = records.at(0);
            int count = (int) (upTo - cut.start);
            forget(cut, count);
            cut.cutFront(count);
        }
        int moved = (int) (upTo - start);
        start = upTo;
        return moved;
    }

    /**
     * A SACK block, of which only packets wholly inside count. Blocks outside of what is in flight, reversed or repeated do
     * nothing.
     *
     * @return sequence numbers SACKed for the first time
     */
    public int markSacked(long from, long to) {
        if (from >= to || to <= start || to > end) {
            return 0;
        }
        int newly = 0;
        int first = Math.max(0, records.find(from));
        int index = first;
        for (; index < records.count() && records.at(index).start < to; index++) {
            SentSegment record = records.at(index);
            if (record.sacked) {
                continue;
            }
            long low = record.boundaryFrom(from);
            long high = record.boundaryUpTo(to);
            int splits = (low > record.start ? 1 : 0) + (high < record.end() ? 1 : 0);
            if (low >= high || (splits > 0 && records.count() + splits > maxRecords)) {
                continue;
            }
            if (high < record.end()) {
                split(index, high);
            }
            if (low > record.start) {
                record = split(index++, low);
            }
            newly += sack(record);
        }
        if (newly > 0) {
            joinSacked(Math.max(0, first - 1), Math.min(records.count(), index + 1));
        }
        return newly;
    }

    /** Forgets all SACK blocks: after a timeout, for the receiver may have reneged (RFC 2018 §8). */
    public void forgetSacks() {
        if (sackedBytes > 0) {
            for (int i = 0; i < records.count(); i++) {
                SentSegment record = records.at(i);
                if (record.sacked) {
                    record.sacked = false;
                    record.sackedPackets = 0;
                    relist(record);
                }
            }
        }
        sackedBytes = 0;
        sackedPackets = 0;
        highestSacked = start;
        judged = start;
    }

    /**
     * Marks lost the first packet that is not SACKed: what fast retransmit and a partial acknowledgment call for (RFC 6582
     * §3.2), at most {@code maxBytes} of it.
     *
     * @return sequence numbers that became lost; 0 when it was lost already
     */
    public int markOldestLost(int maxBytes) {
        SentSegment oldest = oldest();
        if (oldest == null || oldest.lost) {
            return 0;
        }
        truncate(oldest, maxBytes);
        return lose(oldest);
    }

    /**
     * Marks lost all that is not SACKed, whether it was sent again or not: the retransmission timer expired.
     *
     * @return sequence numbers that became lost
     */
    public long markAllLost() {
        long newly = 0;
        for (int i = 0; i < records.count(); i++) {
            SentSegment record = records.at(i);
            if (!record.sacked && !record.lost) {
                newly += lose(record);
            }
        }
        return newly;
    }

    /** What was believed lost and was not sent again is believed to be in the network after all. */
    public void forgetLosses() {
        for (int i = 0; i < records.count() && lostBytes > 0; i++) {
            SentSegment record = records.at(i);
            if (record.lost) {
                lostBytes -= record.length();
                record.lost = false;
                relist(record);
            }
        }
        newlyLost = 0;
        judged = start;
    }

    /** The first record that is lost and not sent again, or {@code null}. */
    public @Nullable SentSegment nextLost() {
        if (lostBytes == 0) {
            return null;
        }
        int index = Math.max(0, records.find(lostFrom));
        while (!records.at(index).lost) {
            index++;
        }
        SentSegment found = records.at(index);
        lostFrom = found.start;
        return found;
    }

    /** The first record that is not SACKed, or {@code null} when nothing is in flight: what the retransmission timer is about. */
    public @Nullable SentSegment oldest() {
        // SACKed neighbours are joined, so this looks at two records at the most.
        for (int i = 0; i < records.count(); i++) {
            if (!records.at(i).sacked) {
                return records.at(i);
            }
        }
        return null;
    }

    /**
     * Makes the record no longer than {@code maxData} data bytes before it is sent again; the rest becomes a record of its
     * own behind it, with a FIN if there was one.
     */
    public void truncate(SentSegment segment, int maxData) {
        if (segment.dataLength > maxData) {
            int index = records.find(segment.start);
            if (index < 0 || records.at(index) != segment) {
                throw new IllegalArgumentException("not a record of this queue: " + segment);
            }
            split(index, segment.dataStart() + maxData);
        }
    }

    /**
     * The last packet, of {@code mss} data bytes at the most, that is not SACKed, as a record of its own: what a loss probe sends
     * again. {@code null} when there is none, or no room for one more record.
     */
    public @Nullable SentSegment takeLastPacket(int mss) {
        for (int i = records.count() - 1; i >= 0; i--) {
            SentSegment record = records.at(i);
            if (record.sacked) {
                continue;
            }
            long boundary = record.boundaryUpTo(record.dataStart() + record.dataLength - 1);
            if (record.dataLength <= mss || boundary <= record.dataStart()) {
                return record;
            }
            return isFull() ? null : split(i, boundary);
        }
        return null;
    }

    /** The record was sent again, in packets of {@code mss} bytes: it is in flight. */
    public void onRetransmitted(SentSegment segment, int mss, long nowNs) {
        if (segment.lost) {
            segment.lost = false;
            lostBytes -= segment.length();
        }
        resent.remove(segment);
        resent.append(segment);
        segment.retransmits++;
        segment.sentNs = nowNs;
        rate.onSent(segment, pipe() - segment.length(), nowNs);
        segment.mss = Math.max(1, mss);
        segment.grid = segment.dataStart();
    }

    /** Forgets everything; positions stay: what was in flight counts as gone. */
    public void clear() {
        resent.clear();
        records.remove(0, records.count());
        start = end;
        sackedBytes = 0;
        sackedPackets = 0;
        lostBytes = 0;
        newlyLost = 0;
        highestSacked = end;
    }

    /** Takes {@code count} of the record's sequence numbers, now acknowledged, out of the sums. */
    private void forget(SentSegment record, int count) {
        if (record.sacked) {
            sackedBytes -= count;
            int packets = count == record.length()
                    ? record.sackedPackets
                    : Math.min(count / record.mss, record.sackedPackets);
            record.sackedPackets -= packets;
            sackedPackets -= packets;
        } else {
            onDelivered(record, count);
        }
    }

    private int sack(SentSegment record) {
        int length = record.length();
        onDelivered(record, length);
        resent.remove(record);
        record.sacked = true;
        record.lost = false;
        record.sackedPackets = record.packets();
        sackedPackets += record.sackedPackets;
        sackedBytes += length;
        highestSacked = Math.max(highestSacked, record.end());
        return length;
    }

    private void onDelivered(SentSegment record, int count) {
        news.onDelivered(record, count);
        rate.onDelivered(record, count);
        deliveredPackets += count <= record.mss ? 1 : (count - 1) / record.mss + 1;
        lostBytes -= record.lost ? count : 0;
    }

    /** The record, which was not, is now in flight: if it was sent again, it takes its place in the order of that. */
    private void relist(SentSegment record) {
        if (record.retransmits > 0) {
            resent.insertByTime(record);
        }
    }

    /** Believed lost from now on; only for {@link LossMarking}. */
    int lose(SentSegment record) {
        if (record.listed) {
            resent.remove(record);
            lostAgain++;
        }
        record.lost = true;
        lostBytes += record.length();
        newlyLost += record.length();
        rate.onLost(record);
        lostFrom = Math.min(lostFrom, record.start);
        return record.length();
    }

    /** Divides record {@code index}; returns the rest, which follows it. */
    private SentSegment split(int index, long position) {
        SentSegment record = records.at(index);
        SentSegment rest = records.insert(index + 1);
        record.moveTail(position, rest);
        if (record.listed) {
            resent.insertBehind(record, rest);
        }
        return rest;
    }

    /** Makes one record of each run of SACKed ones among those from index {@code from} up to {@code to}. */
    private void joinSacked(int from, int to) {
        int index = from;
        int limit = to;
        while (index + 1 < limit) {
            SentSegment record = records.at(index);
            int next = index + 1;
            while (record.sacked && next < limit && records.at(next).sacked) {
                record.join(records.at(next++));
            }
            records.remove(index + 1, next);
            limit -= next - index - 1;
            index++;
        }
    }
}
