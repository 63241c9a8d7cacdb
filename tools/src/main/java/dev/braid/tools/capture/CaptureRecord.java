package dev.braid.tools.capture;

import dev.braid.fastpath.frame.Frame;
import dev.braid.stack.tcp.Decision;
import dev.braid.stack.tcp.DecisionTrace;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One packet in a {@link CaptureRing}: what is known of it, and its first bytes.
 *
 * <pre>
 *   0  time, long, nanoseconds of the stack's clock     24  sent, byte            30  checksum start, short
 *   8  link, int                                        25  checksum state, byte  32  checksum offset, short
 *   12 bytes of the packet, int                         26  GSO type, byte        34  decision + 1, short; 0 = none
 *   16 bytes kept, int                                  27  GSO ECN, byte         40  upper layer's reasons, long
 *   20 packets missing before this one, int             28  GSO size, short       48  the bytes
 * </pre>
 *
 * <p>As an object it is a decoded record, reused. One thread.
 */
final class CaptureRecord {
    /** The only type of message in the ring. */
    static final int MESSAGE_TYPE = 1;
    /** Bytes in front of the packet's. */
    static final int HEADER = 48;

    private static final int TIME = 0;
    private static final int LINK = 8;
    private static final int LENGTH = 12;
    private static final int KEPT = 16;
    private static final int MISSING = 20;
    private static final int SENT = 24;
    private static final int CHECKSUM_STATE = 25;
    private static final int GSO_TYPE = 26;
    private static final int GSO_ECN = 27;
    private static final int GSO_SIZE = 28;
    private static final int CHECKSUM_START = 30;
    private static final int CHECKSUM_OFFSET = 32;
    private static final int DECISION = 34;
    private static final int UPPER_REASONS = 40;

    private static final Decision[] DECISIONS = Decision.values();

    long timeNs;
    int link;
    int length;
    int kept;
    int missing;
    boolean sent;
    int checksumState;
    int checksumStart;
    int checksumOffset;
    int gsoType;
    int gsoSize;
    boolean gsoEcn;
    @Nullable Decision decision;
    /** 0 = none; see MptcpReason. */
    long upperReasons;
    /** Address of the kept bytes, in the ring. */
    long data;

    /**
     * Writes a frame's record at {@code index} of the ring's buffer, where {@code HEADER + kept} bytes are claimed.
     *
     * @param missing frames of the same link and direction that found the ring full since the last record
     */
    static void write(
            MutableDirectBuffer buffer,
            int index,
            int link,
            boolean sent,
            Frame frame,
            int kept,
            long missing,
            long nowNs) {
        buffer.putLong(index + TIME, nowNs);
        buffer.putInt(index + LINK, link);
        buffer.putInt(index + LENGTH, frame.length());
        buffer.putInt(index + KEPT, kept);
        buffer.putInt(index + MISSING, (int) Math.min(missing, Integer.MAX_VALUE));
        buffer.putByte(index + SENT, (byte) (sent ? 1 : 0));
        buffer.putByte(index + CHECKSUM_STATE, (byte) frame.checksumState());
        buffer.putByte(index + GSO_TYPE, (byte) frame.gsoType());
        buffer.putByte(index + GSO_ECN, (byte) (frame.gsoEcn() ? 1 : 0));
        buffer.putShort(index + GSO_SIZE, (short) frame.gsoSize());
        buffer.putShort(index + CHECKSUM_START, (short) frame.checksumStart());
        buffer.putShort(index + CHECKSUM_OFFSET, (short) frame.checksumOffset());
        Decision decision = sent && frame.hasExtensions() ? DecisionTrace.of(frame) : null;
        buffer.putShort(index + DECISION, (short) (decision == null ? 0 : decision.ordinal() + 1));
        buffer.putLong(index + UPPER_REASONS, decision == null ? 0 : DecisionTrace.upperReasons(frame));
        frame.copyTo(buffer.addressOffset() + index + HEADER, kept);
    }

    /**
     * Decodes the message of this length at {@code index}. The other process could have written anything.
     *
     * @throws IllegalStateException when it is no record
     */
    void read(DirectBuffer buffer, int index, int messageLength) {
        require(messageLength >= HEADER && index >= 0 && index <= buffer.capacity() - messageLength);
        timeNs = buffer.getLong(index + TIME);
        link = buffer.getInt(index + LINK);
        length = buffer.getInt(index + LENGTH);
        kept = buffer.getInt(index + KEPT);
        missing = buffer.getInt(index + MISSING);
        sent = buffer.getByte(index + SENT) != 0;
        checksumState = buffer.getByte(index + CHECKSUM_STATE);
        checksumStart = buffer.getShort(index + CHECKSUM_START) & 0xffff;
        checksumOffset = buffer.getShort(index + CHECKSUM_OFFSET) & 0xffff;
        gsoType = buffer.getByte(index + GSO_TYPE);
        gsoEcn = buffer.getByte(index + GSO_ECN) != 0;
        gsoSize = buffer.getShort(index + GSO_SIZE) & 0xffff;
        int code = buffer.getShort(index + DECISION);
        upperReasons = buffer.getLong(index + UPPER_REASONS);
        require(length > 0 && kept >= 0 && kept <= messageLength - HEADER && kept <= length && missing >= 0);
        require(link >= 0 && link < CaptureRing.MAX_LINKS);
        require(gsoType >= Frame.GSO_NONE && gsoType <= Frame.GSO_UDP);
        require(code >= 0 && code <= DECISIONS.length);
        decision = code == 0 ? null : DECISIONS[code - 1];
        data = buffer.addressOffset() + index + HEADER;
    }

    private static void require(boolean sound) {
        if (!sound) {
            throw new IllegalStateException("the capture ring holds something that is no packet");
        }
    }
}
