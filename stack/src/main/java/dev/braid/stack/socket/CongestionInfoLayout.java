package dev.braid.stack.socket;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.congestion.CongestionInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Writes a {@link CongestionInfo} as Linux's {@code union tcp_cc_info}, little-endian, as getsockopt(TCP_CC_INFO) answers it. */
public final class CongestionInfoLayout {
    private static final int VEGAS_BYTES = 16;
    private static final int DCTCP_BYTES = 16;
    private static final int BBR_BYTES = 20;

    private CongestionInfoLayout() {}

    /**
     * Writes as much as fits.
     *
     * @param info {@code null} for a control that tells nothing
     * @return bytes written
     */
    public static int write(@Nullable CongestionInfo info, long address, int capacity) {
        byte[] whole = bytes(info);
        int length = Math.clamp(capacity, 0, whole.length);
        Memory.copyIn(whole, 0, address, length);
        return length;
    }

    private static byte[] bytes(@Nullable CongestionInfo info) {
        return switch (info) {
            case null -> new byte[0];
            case CongestionInfo.Vegas vegas -> structure(VEGAS_BYTES)
                    .putInt(vegas.enabled() ? 1 : 0)
                    .putInt(vegas.rounds())
                    .putInt(vegas.rttUs())
                    .putInt(vegas.minRttUs())
                    .array();
            case CongestionInfo.Dctcp dctcp -> structure(DCTCP_BYTES)
                    .putShort((short) (dctcp.enabled() ? 1 : 0))
                    .putShort((short) (dctcp.ceState() ? 1 : 0))
                    .putInt(dctcp.alpha())
                    .putInt(saturated(dctcp.markedBytes()))
                    .putInt(saturated(dctcp.totalBytes()))
                    .array();
            case CongestionInfo.Bbr bbr -> structure(BBR_BYTES)
                    .putInt((int) bbr.bandwidth())
                    .putInt((int) (bbr.bandwidth() >>> Integer.SIZE))
                    .putInt(bbr.minRttUs())
                    .putInt(bbr.pacingGain())
                    .putInt(bbr.cwndGain())
                    .array();
        };
    }

    private static ByteBuffer structure(int length) {
        return ByteBuffer.wrap(new byte[length]).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int saturated(long value) {
        return (int) Math.min(value, 0xffff_ffffL);
    }
}
