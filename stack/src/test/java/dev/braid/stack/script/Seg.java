package dev.braid.stack.script;

import dev.braid.fastpath.wire.Tcp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A segment as a script writes it: numbers relative to the initial ones (a SYN is at 0, the first byte at 1), and only the
 * fields it cares about. A segment seen on the wire is one with every field known.
 *
 * <p>On segments the peer sends, what is not named is filled in: {@code ack} with what it has seen, {@code win} with its
 * window, timestamps if both sides agreed on them. On segments it expects to see, what is not named may be anything; PSH counts
 * only where asked for.
 */
public final class Seg {
    /** Options a segment can be said to lack. */
    public static final String MSS = "mss";
    public static final String WSCALE = "wscale";
    public static final String SACK_OK = "sackOK";
    public static final String SACK = "sack";
    public static final String TS = "TS";

    final int seq;
    int end;
    int flags;
    boolean pushMatters;
    @Nullable Integer ack;
    @Nullable Integer win;
    @Nullable Integer rawWin;
    @Nullable Integer mss;
    @Nullable Integer wscale;
    boolean sackOk;
    int @Nullable [] sack;
    @Nullable Integer tsVal;
    @Nullable Integer tsEcr;
    boolean withTs;
    @Nullable Integer urgent;
    @Nullable Integer gso;
    @Nullable Integer ecn;
    @Nullable Integer tos;
    @Nullable Integer ttl;
    String[] lacking = {};
    byte @Nullable [] rawOptions;
    @Nullable Integer dataOffset;
    boolean badChecksum;
    long payloadOf = -1;
    final List<ExtraOption> extras = new ArrayList<>();
    boolean extrasMatter;
    /** The place of the first payload byte in its stream, or -1 for where the sequence number puts it. */
    long payloadAt = -1;
    /** Seen: options of kinds that no field here stands for. */
    final List<byte[]> unknownOptions = new ArrayList<>();
    String comment = "";

    private Seg(int flags, int seq, int end, @Nullable Integer ack) {
        this.flags = flags;
        this.seq = seq;
        this.end = end;
        this.ack = ack;
    }

    /** Any flags over the bytes [from, to). */
    public static Seg seg(int flags, int from, int to) {
        return new Seg(flags, from, to, null);
    }

    public static Seg syn(int seq) {
        return new Seg(Tcp.SYN, seq, seq, null);
    }

    public static Seg synAck(int seq, int ack) {
        return new Seg(Tcp.SYN | Tcp.ACK, seq, seq, ack);
    }

    public static Seg ack(int seq, int ack) {
        return new Seg(Tcp.ACK, seq, seq, ack);
    }

    /** The bytes [from, to), numbered as the RFC does: {@code data(1, 1401)} is the first 1,400. */
    public static Seg data(int from, int to) {
        return new Seg(Tcp.ACK, from, to, null);
    }

    public static Seg fin(int seq, int ack) {
        return new Seg(Tcp.FIN | Tcp.ACK, seq, seq, ack);
    }

    public static Seg rst(int seq) {
        return new Seg(Tcp.RST, seq, seq, null);
    }

    public static Seg rstAck(int seq, int ack) {
        return new Seg(Tcp.RST | Tcp.ACK, seq, seq, ack);
    }

    /** The bytes [from, to) cut every {@code mss}. */
    public static Seg[] burst(int from, int to, int mss) {
        Seg[] segments = new Seg[Math.ceilDiv(to - from, mss)];
        for (int i = 0; i < segments.length; i++) {
            int start = from + i * mss;
            segments[i] = data(start, Math.min(start + mss, to));
        }
        return segments;
    }

    public Seg acking(int number) {
        ack = number;
        return this;
    }

    /** The window in bytes, unscaled by whom it comes from. */
    public Seg win(int bytes) {
        win = bytes;
        return this;
    }

    public Seg mss(int bytes) {
        mss = bytes;
        return this;
    }

    public Seg wscale(int shift) {
        wscale = shift;
        return this;
    }

    public Seg sackOk() {
        sackOk = true;
        return this;
    }

    /** SACK blocks: left and right edges in turn. */
    public Seg sack(int... edges) {
        sack = edges.clone();
        return this;
    }

    /** Timestamps: the host's count milliseconds from its first segment on, the peer's are what the script says. */
    public Seg ts(int val, int ecr) {
        tsVal = val;
        tsEcr = ecr;
        return this;
    }

    /** With timestamps, whatever they say. */
    public Seg ts() {
        withTs = true;
        return this;
    }

    /** Without these options: names of this class. */
    public Seg lacks(String... options) {
        lacking = options.clone();
        return this;
    }

    public Seg fin() {
        flags |= Tcp.FIN;
        return this;
    }

    public Seg psh() {
        flags |= Tcp.PSH;
        pushMatters = true;
        return this;
    }

    public Seg noPsh() {
        flags &= ~Tcp.PSH;
        pushMatters = true;
        return this;
    }

    public Seg urgent(int pointer) {
        flags |= Tcp.URG;
        urgent = pointer;
        return this;
    }

    public Seg flags(int exactly) {
        flags = exactly;
        return this;
    }

    /** As one super-frame to be cut every {@code size} bytes; 0 for "not a super-frame". */
    public Seg gso(int size) {
        gso = size;
        return this;
    }

    /** Echoes congestion; on a SYN with {@link #cwr()} it asks for ECN. */
    public Seg ece() {
        flags |= Tcp.ECE;
        return this;
    }

    /** Says that the window was reduced. */
    public Seg cwr() {
        flags |= Tcp.CWR;
        return this;
    }

    /** The IP header's ECN field: 0 not capable, 2 ECT(0), 1 ECT(1), 3 congestion experienced. */
    public Seg ecn(int codepoint) {
        ecn = codepoint;
        return this;
    }

    /** The IP header's type of service or traffic class, without the bits of ECN. */
    public Seg tos(int bits) {
        tos = bits;
        return this;
    }

    /** The IP header's time to live or hop limit. */
    public Seg ttl(int hops) {
        ttl = hops;
        return this;
    }

    /** With these options besides; what is seen may carry others too. */
    public Seg with(ExtraOption... options) {
        extras.addAll(List.of(options));
        extrasMatter = true;
        return this;
    }

    /** To send: without the options that its peer would add by itself. */
    public Seg bare() {
        extrasMatter = true;
        return this;
    }

    /** The options that fields here do not stand for. */
    public List<ExtraOption> extras() {
        return extras;
    }

    /** Whether the script said which extra options there are. */
    public boolean namesExtras() {
        return extrasMatter;
    }

    /** Options as they were on the wire, of kinds that fields here do not stand for. */
    public List<byte[]> unknownOptions() {
        return unknownOptions;
    }

    /** To send: the payload begins at this place of the stream, 0 = its first byte, wherever its sequence number is. */
    public Seg payloadAt(long place) {
        payloadAt = place;
        return this;
    }

    /** To send: as {@link #payloadAt(long)} where that was not said. */
    public void placeIfUnplaced(long place) {
        if (payloadAt < 0 && payloadOf < 0) {
            payloadAt = place;
        }
    }

    /** With the options of the other, a SYN. */
    public Seg like(Seg syn) {
        mss = syn.mss;
        sackOk = syn.sackOk;
        tsVal = syn.tsVal;
        tsEcr = syn.tsEcr;
        wscale = syn.wscale;
        return this;
    }

    /** The relative number of the first byte. */
    public int from() {
        return seq;
    }

    /** The relative number behind the last byte. */
    public int to() {
        return end;
    }

    /** The relative acknowledgment number; null without one. */
    public @Nullable Integer ackNumber() {
        return ack;
    }

    /** The window in bytes; null if it was not named. */
    public @Nullable Integer window() {
        return win;
    }

    /** Whether these flag bits of {@link Tcp} are all set. */
    public boolean hasFlags(int bits) {
        return (flags & bits) == bits;
    }

    /** To send: exactly these option bytes. */
    public Seg rawOptions(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        rawOptions = raw;
        return this;
    }

    /** To send: a data offset of so many bytes, whatever is there. */
    public Seg dataOffset(int bytes) {
        dataOffset = bytes;
        return this;
    }

    /** To send: a checksum that is wrong. */
    public Seg badChecksum() {
        badChecksum = true;
        return this;
    }

    /** To send: bytes of another stream than {@link Pattern#FROM_PEER}, as an attacker would. */
    public Seg payloadOf(long stream) {
        payloadOf = stream;
        return this;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    int length() {
        return end - seq;
    }

    /** The number behind the segment's last: SYN and FIN take one each. */
    int seqEnd() {
        return end + (has(Tcp.SYN) ? 1 : 0) + (has(Tcp.FIN) ? 1 : 0);
    }

    private boolean lacks(String option) {
        return Arrays.asList(lacking).contains(option);
    }

    /** Whether {@code actual}, of which everything is known, agrees with every field this segment names. */
    boolean accepts(Seg actual) {
        int mask = pushMatters ? 0x1ff : 0x1ff & ~Tcp.PSH;
        return (flags & mask) == (actual.flags & mask)
                && seq == actual.seq
                && end == actual.end
                && agrees(ack, actual.ack)
                && agrees(win, actual.win)
                && agrees(mss, actual.mss)
                && agrees(wscale, actual.wscale)
                && (!sackOk || actual.sackOk)
                && (sack == null || Arrays.equals(sack, actual.sack))
                && agrees(tsVal, actual.tsVal)
                && agrees(tsEcr, actual.tsEcr)
                && (!withTs || actual.tsVal != null)
                && agrees(urgent, actual.urgent)
                && agrees(gso, actual.gso)
                && agrees(ecn, actual.ecn)
                && agrees(tos, actual.tos)
                && agrees(ttl, actual.ttl)
                && extras.stream().allMatch(want -> actual.extras.stream().anyMatch(want::matches))
                && lacksWhatItShould(actual);
    }

    private static boolean agrees(@Nullable Integer wanted, @Nullable Integer actual) {
        return wanted == null || wanted.equals(actual);
    }

    private boolean lacksWhatItShould(Seg actual) {
        return !((lacks(MSS) && actual.mss != null)
                || (lacks(WSCALE) && actual.wscale != null)
                || (lacks(SACK_OK) && actual.sackOk)
                || (lacks(SACK) && actual.sack != null)
                || (lacks(TS) && actual.tsVal != null)
                || actual.extras.stream().anyMatch(option -> lacks(option.name())));
    }

    /** In packetdrill's notation. */
    @Override
    public String toString() {
        return SegText.of(this);
    }
}
