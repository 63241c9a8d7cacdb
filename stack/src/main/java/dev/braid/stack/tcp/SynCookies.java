package dev.braid.stack.tcp;

import dev.braid.fastpath.flow.SipHash;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.fastpath.wire.TcpOptions;
import org.jspecify.annotations.Nullable;

/**
 * SYN cookies (RFC 4987 section 3.6): while a listener has no room for half-open connections, all that has to be known of one is
 * put into the sequence number of the SYN/ACK, and its options into the low bits of the timestamp, so that a flood costs no memory.
 *
 * <p>The number is {@code hash(tuple, minute) << 8 ... | minute | MSS index}: 24 bits of keyed hash, 5 of the minute, 3 of the
 * MSS; the peer's own initial number is in the hash too.
 */
final class SynCookies {
    private static final int[] MSS_TABLE = {216, 536, 1220, 1300, 1380, 1440, 1460, 8960};
    private static final long MINUTE_NS = 60_000_000_000L;
    private static final int MINUTE_MASK = 31;
    /** Cookies are honoured for this many minutes, and looked for so long after the last was sent. */
    private static final int MAX_AGE = 2;

    private static final int NO_SCALE = 15;
    private static final int SACK_BIT = 16;
    private static final int ECN_BIT = 32;
    private static final int OPTION_BITS = 6;

    private final SipHash hash;
    private boolean sentAny;
    private long lastSentNs;

    SynCookies(long key0, long key1) {
        hash = SipHash.sip24(key0, key1);
    }

    /** Whether a cookie that was sent may still come back: else no ACK is worth a hash. */
    boolean pending(long nowNs) {
        return sentAny && nowNs - lastSentNs <= MAX_AGE * MINUTE_NS;
    }

    /**
     * Answers a SYN with a cookie and forgets it.
     *
     * @param listener {@code null}: the SYN joins something, with settings of its own
     */
    void answer(TcpLayer layer, TcpSegment syn, @Nullable TcpListener listener, TcpSettings settings, long nowNs) {
        sentAny = true;
        lastSentNs = nowNs;
        TcpOptions options = syn.options;
        int index = 0;
        int mss = options.has(TcpOptions.MSS) ? options.mss() : 536;
        while (index + 1 < MSS_TABLE.length && MSS_TABLE[index + 1] <= mss) {
            index++;
        }
        int minute = minute(nowNs);
        int iss = hash(syn, syn.seq, minute) << 8 | minute << 3 | index;
        boolean stamps = layer.config.timestamps && options.has(TcpOptions.TIMESTAMPS);
        boolean scaling = stamps && layer.config.windowScaling && options.has(TcpOptions.WINDOW_SCALE);
        boolean sack = stamps && layer.config.sack && options.has(TcpOptions.SACK_PERMITTED);
        int tsVal = layer.timestamp(layer.timestampOffset(syn), nowNs);
        boolean ecn = stamps && Ecn.grants(syn, layer.config.ecn != TcpConfig.ECN_NEVER, false);
        int bits = (scaling ? options.windowScale() : NO_SCALE) | (sack ? SACK_BIT : 0) | (ecn ? ECN_BIT : 0);
        int coded = tsVal >>> OPTION_BITS << OPTION_BITS | bits;
        // Rounded down, so that it is never ahead of the clock that later timestamps come from.
        int stamp = coded - tsVal > 0 ? coded - (1 << OPTION_BITS) : coded;
        int shift = scaling
                ? ReceiveWindow.offeredShift(settings, layer.config)
                : TcpOptionWriter.NO_WINDOW_SCALE;
        layer.resets.cookie(syn, listener, iss, announced(layer), sack, shift, stamps, stamp, ecn);
    }

    /** The MSS that the cookie in {@code SEG.ACK - 1} names, or 0 when it is none of ours. */
    int check(TcpSegment ack, long nowNs) {
        int cookie = ack.ack - 1;
        int minute = cookie >>> 3 & MINUTE_MASK;
        if ((minute(nowNs) - minute & MINUTE_MASK) > MAX_AGE) {
            return 0;
        }
        boolean ours = cookie >>> 8 == (hash(ack, ack.seq - 1, minute) & 0xff_ffff);
        return ours ? MSS_TABLE[cookie & 7] : 0;
    }

    /** Gives the TCB what its SYN would have given it. */
    void restore(TcpLayer layer, Tcb tcb, TcpSegment ack, int mss, long nowNs) {
        TcpOptions options = ack.options;
        tcb.irs = ack.seq - 1;
        tcb.rcvNxt = ack.seq;
        tcb.rcvAdv = ack.seq + ReceiveWindow.MAX_UNSCALED;
        tcb.lastAckSent = ack.seq;
        tcb.timestamps &= options.has(TcpOptions.TIMESTAMPS);
        int bits = tcb.timestamps ? options.tsEcr() : NO_SCALE;
        int scale = bits & 15;
        tcb.windowScaling &= scale != NO_SCALE;
        tcb.sndWndShift = tcb.windowScaling ? scale : 0;
        tcb.rcvWndShift = tcb.windowScaling ? tcb.rcvWndShift : 0;
        tcb.sackPermitted &= (bits & SACK_BIT) != 0;
        if (tcb.timestamps && (bits & ECN_BIT) != 0 && layer.config.ecn != TcpConfig.ECN_NEVER) {
            tcb.ecn.accept();
        }
        tcb.tsRecent = tcb.timestamps ? options.tsVal() : 0;
        tcb.tsRecentNs = nowNs;
        tcb.peerMss = mss;
        // The SYN/ACK counts as sent, so that its acknowledgement is one.
        layer.refreshMss(tcb);
        tcb.sent.append(0, true, false, tcb.sndMss, nowNs);
        tcb.sndNxt = tcb.iss + 1;
        tcb.fromCookie = true;
    }

    private static int announced(TcpLayer layer) {
        return layer.arriving().version() == 4 ? 1460 : 1440;
    }

    private static int minute(long nowNs) {
        return (int) (nowNs / MINUTE_NS) & MINUTE_MASK;
    }

    private int hash(TcpSegment from, int irs, int minute) {
        long value = hash.begin()
                .add(from.srcHi)
                .add(from.srcLo)
                .add(from.dstHi)
                .add(from.dstLo)
                .add((long) from.srcPort << 48 | (long) from.dstPort << 32 | (irs & 0xffff_ffffL))
                .add((long) from.scope << 8 | minute)
                .finish();
        return (int) (value ^ value >>> 24 ^ value >>> 48) & 0xff_ffff;
    }
}
