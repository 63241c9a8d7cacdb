package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.ip.IpHeader;
import org.jspecify.annotations.Nullable;

/**
 * What the TCP header of one received segment or super-segment says, decoded once (RFC 9293 section 3.1). One holder is
 * reused for all: it is valid during the call that shows it. RFC names: {@code SEG.SEQ} is {@link #seq} and so on.
 */
public final class TcpSegment {
    /** Sequence number of the first byte, or of the SYN. */
    public int seq;
    /** Acknowledgement number; counts only with {@link Tcp#ACK}. */
    public int ack;
    /** Window field, unscaled, 0..65535. */
    public int wnd;
    /** {@link Tcp#FIN} to {@link Tcp#AE}. */
    public int flags;
    /** Payload bytes, without SYN and FIN. */
    public int length;
    /** Payload bytes of each packet of a super-segment, or 0 when it is one packet. */
    public int gsoSize;
    /** Source port. */
    public int srcPort;
    /** Destination port. */
    public int dstPort;
    /** When it arrived. */
    public long arrivalNs;
    /** Source address, high half. */
    public long srcHi;
    /** Source address, low half. */
    public long srcLo;
    /** Destination address, high half. */
    public long dstHi;
    /** Destination address, low half. */
    public long dstLo;
    /** Scope the device belongs to. */
    public int scope;
    /** Traffic class, ECN in the low 2 bits. */
    public int trafficClass;
    /** Options that TCP knows, parsed. */
    public final TcpOptions options = new TcpOptions();

    private @Nullable Frame frame;
    private long optionsAddress;
    private int optionsLength;

    /** Address of the option bytes, for whoever parses options that TCP does not know. */
    public long optionsAddress() {
        return optionsAddress;
    }

    /** Bytes of options, 0..40. */
    public int optionsLength() {
        return optionsLength;
    }

    /** Whether the flag is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** {@code SEG.LEN}: payload bytes plus one each for SYN and FIN. */
    public int seqLength() {
        return length + (flags & Tcp.FIN) + ((flags & Tcp.SYN) >>> 1);
    }

    /** The frame, which stays the segment's: an upper layer may attach extensions that go with its payload. */
    public Frame frame() {
        Frame held = frame;
        if (held == null) {
            throw new IllegalStateException("the segment's frame was taken");
        }
        return held;
    }

    /** The frame, which is the caller's from now on. */
    Frame takeFrame() {
        Frame held = frame();
        frame = null;
        return held;
    }

    /** Releases the frame unless its payload was taken. */
    void releaseFrame() {
        Frame held = frame;
        if (held != null) {
            frame = null;
            held.release();
        }
    }

    /**
     * Reads the header behind the IP header; takes the frame over.
     *
     * @return false when the data offset is impossible: the frame is still the segment's, to be released
     */
    boolean decode(Frame frame, IpHeader ip) {
        this.frame = frame;
        int at = ip.headerLength();
        int transportLength = ip.transportLength();
        frame.resize(Math.min(frame.linearLength(), at + transportLength)); // padding behind the packet is no payload
        long header = frame.require(at, transportLength);
        if (transportLength < Tcp.MIN_HEADER) {
            return false;
        }
        int dataOffset = Tcp.dataOffset(header);
        if (dataOffset < Tcp.MIN_HEADER || dataOffset > transportLength) {
            return false;
        }
        srcHi = ip.srcHi();
        srcLo = ip.srcLo();
        dstHi = ip.dstHi();
        dstLo = ip.dstLo();
        scope = ip.scope();
        trafficClass = ip.trafficClass();
        srcPort = Tcp.srcPort(header);
        dstPort = Tcp.dstPort(header);
        seq = Tcp.seq(header);
        ack = Tcp.ack(header);
        wnd = Tcp.window(header);
        flags = Tcp.flags(header);
        length = transportLength - dataOffset;
        gsoSize = frame.gsoSize();
        arrivalNs = frame.arrivalNs();
        optionsAddress = header + Tcp.MIN_HEADER;
        optionsLength = dataOffset - Tcp.MIN_HEADER;
        options.parse(optionsAddress, optionsLength, OptionSink.IGNORE);
        frame.payloadOffset(at + dataOffset);
        return true;
    }
}
