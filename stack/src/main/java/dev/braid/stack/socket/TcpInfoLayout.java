package dev.braid.stack.socket;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.stack.tcp.TcpState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes a {@link TcpInfo} as Linux's {@code struct tcp_info} of 6.18, little-endian, as getsockopt(TCP_INFO) answers it:
 * microseconds or milliseconds, windows in segments. Fields of accurate ECN, which end it, are zero.
 */
public final class TcpInfoLayout {
    /** Bytes of the whole structure. */
    public static final int LENGTH = 280;

    private static final long US = 1_000;
    private static final long MS = 1_000_000;
    private static final int OPTION_TIMESTAMPS = 1;
    private static final int OPTION_SACK = 2;
    private static final int OPTION_WSCALE = 4;
    private static final int OPTION_ECN = 8;
    private static final int OPTION_ECN_SEEN = 16;

    private TcpInfoLayout() {}

    /**
     * Writes as much of the structure as fits, as the kernel does for programs that know a shorter one.
     *
     * @param capacity bytes there is room for
     * @return bytes written: the smaller of {@code capacity} and {@link #LENGTH}
     */
    public static int write(TcpInfo info, long address, int capacity) {
        int length = Math.clamp(capacity, 0, LENGTH);
        Memory.copyIn(bytes(info), 0, address, length);
        return length;
    }

    /** The whole structure. */
    static byte[] bytes(TcpInfo info) {
        byte[] whole = new byte[LENGTH];
        fill(info, ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN));
        return whole;
    }

    /** The kernel's number of a state. */
    public static int state(TcpState state) {
        return switch (state) {
            case ESTABLISHED -> 1;
            case SYN_SENT -> 2;
            case SYN_RECEIVED -> 3;
            case FIN_WAIT_1 -> 4;
            case FIN_WAIT_2 -> 5;
            case TIME_WAIT -> 6;
            case CLOSED -> 7;
            case CLOSE_WAIT -> 8;
            case LAST_ACK -> 9;
            case CLOSING -> 11;
        };
    }

    private static void fill(TcpInfo info, ByteBuffer to) {
        states(info, to);
        segments(info, to);
        times(info, to);
        counts(info, to);
        late(info, to);
    }

    private static void states(TcpInfo info, ByteBuffer to) {
        int options = (info.timestamps ? OPTION_TIMESTAMPS : 0) | (info.sack ? OPTION_SACK : 0)
                | (info.windowScaling ? OPTION_WSCALE : 0)
                | (info.ecn ? OPTION_ECN : 0)
                | (info.ecnSeen ? OPTION_ECN_SEEN : 0);
        to.put(0, (byte) state(info.state));
        to.put(1, (byte) info.caState.ordinal());
        to.put(2, (byte) Math.min(info.retransmits, 255));
        to.put(3, (byte) Math.min(info.probes, 255));
        to.put(4, (byte) Math.min(info.backoff, 255));
        to.put(5, (byte) options);
        to.put(6, (byte) ((info.sndWscale & 15) | (info.rcvWscale << 4)));
        to.put(7, (byte) (info.deliveryRateAppLimited ? 1 : 0));
    }

    private static void segments(TcpInfo info, ByteBuffer to) {
        to.putInt(16, info.sndMss);
        to.putInt(20, info.rcvMss);
        to.putInt(24, info.unacked);
        to.putInt(28, info.sacked);
        to.putInt(32, info.lost);
        to.putInt(36, info.retrans);
        to.putInt(60, info.pmtu);
        to.putInt(64, u32(info.rcvSsthresh));
        to.putInt(76, info.ssthreshPackets());
        to.putInt(80, info.cwndPackets());
        to.putInt(84, info.advMss);
        to.putInt(88, info.reordering);
        to.putInt(96, u32(info.rcvSpace));
        to.putInt(100, u32(info.totalRetrans));
        to.putInt(228, u32(info.sndWnd));
        to.putInt(232, u32(info.rcvWnd));
    }

    private static void times(TcpInfo info, ByteBuffer to) {
        to.putInt(8, u32(info.rtoNs / US));
        to.putInt(12, u32(info.atoNs / US));
        to.putInt(44, u32(info.lastDataSentNs / MS));
        to.putInt(52, u32(info.lastDataRecvNs / MS));
        to.putInt(56, u32(info.lastAckRecvNs / MS));
        to.putInt(68, u32(info.rttNs / US));
        to.putInt(72, u32(info.rttvarNs / US));
        to.putInt(92, u32(info.rcvRttNs / US));
        to.putInt(148, info.minRttNs == 0 ? -1 : u32(info.minRttNs / US));
        to.putLong(168, info.busyNs / US);
        to.putLong(176, info.rwndLimitedNs / US);
        to.putLong(184, info.sndbufLimitedNs / US);
    }

    private static void counts(TcpInfo info, ByteBuffer to) {
        to.putLong(104, info.pacingRate);
        to.putLong(112, info.maxPacingRate);
        to.putLong(120, info.bytesAcked);
        to.putLong(128, info.bytesReceived);
        to.putInt(136, u32(info.segsOut));
        to.putInt(140, u32(info.segsIn));
        to.putInt(144, u32(info.notsentBytes));
        to.putInt(152, u32(info.dataSegsIn));
        to.putInt(156, u32(info.dataSegsOut));
        to.putLong(160, info.deliveryRate);
        to.putInt(192, u32(info.delivered));
        to.putInt(196, u32(info.deliveredCe));
    }

    private static void late(TcpInfo info, ByteBuffer to) {
        to.putLong(200, info.bytesSent);
        to.putLong(208, info.bytesRetrans);
        to.putInt(216, info.dsackDups);
        to.putInt(220, info.reordSeen);
        to.putInt(224, u32(info.rcvOoopack));
        to.putInt(236, info.rehash);
        to.putShort(240, (short) Math.min(info.totalRto, 0xffff));
        to.putShort(242, (short) Math.min(info.totalRtoRecoveries, 0xffff));
        to.putInt(244, u32(info.totalRtoTimeNs / MS));
    }

    /** What a 32-bit field shows: it stops at the field's end instead of starting again. */
    private static int u32(long value) {
        return (int) Math.min(value, 0xffff_ffffL);
    }
}
