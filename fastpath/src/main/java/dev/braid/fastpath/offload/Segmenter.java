package dev.braid.fastpath.offload;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import org.jspecify.annotations.Nullable;

/**
 * Makes of any frame what a wire carries: cuts super-packets into packets of their own and completes partial
 * checksums, in software, for devices that do neither.
 *
 * <p>The cut follows Linux's: each packet has the whole header; IPv4 identifications count up; FIN and PSH stay with
 * the last packet and CWR with the first (RFC 3168 section 6.1.2: it says something once); every checksum is filled
 * in. Packets keep device, arrival time, flow hash and extensions.
 *
 * <p>Payload is copied, for the checksum has to read it anyway. One owner thread; allocation-free.
 */
public final class Segmenter {
    private final FramePool pool;
    private final Counter noFrame;
    private final Counter malformed;
    private final TransportLocator transport = new TransportLocator();
    private final PayloadReader payload = new PayloadReader();

    /**
     * A segmenter.
     *
     * @param pool where the packets' frames come from
     * @param noFrame counts each packet lost because the pool had no frame
     * @param malformed counts each super-packet dropped because its headers are not those of its type
     */
    public Segmenter(FramePool pool, Counter noFrame, Counter malformed) {
        this.pool = pool;
        this.noFrame = noFrame;
        this.malformed = malformed;
    }

    /**
     * Takes the frame and passes on what a wire would carry of it: itself with its checksum complete, or the packets
     * that it stands for, in order. What is passed on belongs to {@code output}.
     */
    public void process(Frame frame, FrameOutput output) {
        if (frame.gsoType() != Frame.GSO_NONE) {
            cut(frame, output);
        } else if (frame.checksumState() == Frame.CHECKSUM_PARTIAL) {
            complete(frame, output);
        } else {
            output.transmit(frame);
        }
    }

    private void cut(Frame frame, FrameOutput output) {
        long packet = frame.data();
        boolean located = transport.locate(packet, frame.linearLength(), frame.length());
        int transportHeader = located ? transport.headerLength(packet, frame.linearLength()) : 0;
        int header = transport.offset() + transportHeader;
        int size = frame.gsoSize();
        if (transportHeader == 0 || size <= 0 || transport.end() != frame.length()) {
            frame.drop(malformed);
            return;
        }
        payload.start(frame, header);
        int total = frame.length() - header;
        for (int done = 0; done < total || done == 0; done += size) {
            int length = Math.min(size, total - done);
            Frame segment = pool.take(header + length);
            if (segment == null) {
                noFrame.increment();
                payload.skip(frame, length);
                continue;
            }
            segment.resize(header + length);
            Memory.copy(packet, segment.data(), header);
            segment.copyLinkHeader(frame);
            payload.copyTo(frame, segment.data() + header, length);
            segment.device(frame.device()).arrivalNs(frame.arrivalNs()).flowHash(frame.flowHash());
            segment.transportOffset(transport.offset()).payloadOffset(header);
            segment.extensions().adopt(frame.extensions());
            finishIp(segment.data(), header + length, done / size);
            finishTransport(frame, segment.data(), header + length, done, done + length == total);
            output.transmit(segment);
        }
        frame.release();
    }

    private void finishIp(long packet, int length, int index) {
        if (transport.version() == 4) {
            Ipv4.putTotalLength(packet, length);
            Ipv4.putIdentification(packet, Ipv4.identification(packet) + index);
            HeaderChecksum.fillIpv4(packet);
        } else {
            Ipv6.putPayloadLength(packet, length - Ipv6.HEADER);
        }
    }

    private void finishTransport(Frame whole, long packet, int length, int done, boolean last) {
        long at = packet + transport.offset();
        int bytes = length - transport.offset();
        long pseudoHeader = HeaderChecksum.pseudoHeader(packet, transport.protocol(), bytes);
        if (whole.gsoType() == Frame.GSO_UDP) {
            Udp.putLength(at, bytes);
            HeaderChecksum.fillUdp(at, bytes, pseudoHeader);
            return;
        }
        int flags = Tcp.flags(at);
        if (!last) {
            flags &= ~(Tcp.FIN | Tcp.PSH);
        }
        if (done > 0) {
            flags &= ~Tcp.CWR;
        }
        Tcp.putFlags(at, flags);
        Tcp.putSeq(at, Tcp.seq(at) + done);
        HeaderChecksum.fillTcp(at, bytes, pseudoHeader);
    }

    private void complete(Frame frame, FrameOutput output) {
        int start = frame.checksumStart();
        int field = start + frame.checksumOffset();
        if (!frame.has(start, 0) || !frame.has(field, 2)) {
            frame.drop(malformed);
            return;
        }
        Frame own = frame.isShared() ? copy(frame) : frame;
        if (own == null) {
            frame.drop(noFrame);
            return;
        }
        // The field already holds the pseudo-header's sum, so summing everything from the transport header on
        // completes it.
        int linear = own.linearLength() - start;
        long sum = Checksum.sum(own.data() + start, linear, 0);
        int offset = linear;
        for (int i = 0, n = own.fragmentCount(); i < n; i++) {
            sum = Checksum.sumAt(own.fragmentAddress(i), own.fragmentLength(i), sum, offset);
            offset += own.fragmentLength(i);
        }
        int checksum = Checksum.finish(sum);
        // 0 would tell a UDP receiver that there is no checksum; ffff is the same number to everybody else.
        Memory.put16(own.data() + field, checksum == 0 ? 0xffff : checksum);
        own.checksumState(Frame.CHECKSUM_UNVERIFIED);
        if (own != frame) {
            frame.release();
        }
        output.transmit(own);
    }

    private @Nullable Frame copy(Frame frame) {
        Frame copy = pool.take(frame.length());
        if (copy != null) {
            copy.resize(frame.length());
            frame.copyTo(copy.data());
            copy.copyLinkHeader(frame);
            copy.device(frame.device()).arrivalNs(frame.arrivalNs()).flowHash(frame.flowHash());
            copy.transportOffset(frame.transportOffset()).payloadOffset(frame.payloadOffset());
            copy.extensions().adopt(frame.extensions());
        }
        return copy;
    }
}
