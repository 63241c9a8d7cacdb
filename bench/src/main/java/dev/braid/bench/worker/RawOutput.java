package dev.braid.bench.worker;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.tundriver.sys.IoVector;
import dev.braid.tundriver.tun.TunQueue;
import java.lang.foreign.Arena;

/** Builds the raw peer's segments in one block of memory and writes each with its payload by one call. One thread. */
final class RawOutput {
    private static final int MSS = 1460;
    private static final int OUR_SCALE = 10;
    /** Four megabytes under {@link #OUR_SCALE}: never what holds the client back. */
    private static final int WINDOW = 4096;
    private static final int SYN_HEADER = Tcp.MIN_HEADER + 8;
    private static final int SEGMENTS = 44;
    private static final int TTL = 64;

    private static final int NEEDS_CSUM = 1;
    private static final int GSO_TCP4 = 1;

    private final TunQueue queue;
    private final boolean offloads;
    private final IoVector pieces;
    private final long block;
    private final long ip;
    private final long tcp;
    private int local;

    /**
     * Output to a queue.
     *
     * @param offloads send super-packets and leave checksums to the kernel; else neither
     */
    RawOutput(Arena arena, TunQueue queue, boolean offloads) {
        this.queue = queue;
        this.offloads = offloads;
        this.pieces = new IoVector(arena, 2);
        this.block = Memory.allocate(arena, 128, 64);
        this.ip = block + TunQueue.HEADER_BYTES;
        this.tcp = ip + Ipv4.MIN_HEADER;
    }

    /** Answers come from where this packet went to. */
    void address(long arrived) {
        local = Ipv4.dst(arrived);
    }

    /** The most payload of one {@link #data}. */
    int maxPayload() {
        return offloads ? SEGMENTS * MSS : MSS;
    }

    /** The answer to a SYN: MSS, and a window scale behind a no-operation. */
    void synAck(RawConnection c) {
        Memory.put32(tcp + Tcp.MIN_HEADER, 0x0204_0000 | MSS);
        Memory.put32(tcp + Tcp.MIN_HEADER + 4, 0x0103_0300 | OUR_SCALE);
        write(c, c.iss, Tcp.SYN | Tcp.ACK, SYN_HEADER, 0, 0);
    }

    /** A segment without payload. */
    void segment(RawConnection c, int flags) {
        write(c, c.sndNxt, flags, Tcp.MIN_HEADER, 0, 0);
    }

    /** Payload from where it lies, at most {@link #maxPayload} bytes; {@code sndNxt} moves on. */
    void data(RawConnection c, long payload, int length) {
        write(c, c.sndNxt, Tcp.PSH | Tcp.ACK, Tcp.MIN_HEADER, payload, length);
        c.sndNxt += length;
    }

    private void write(RawConnection c, int seq, int flags, int header, long payload, int length) {
        Ipv4.write(ip, 0, Ipv4.MIN_HEADER + header + length, 0, Ipv4.DONT_FRAGMENT, TTL, Protocol.TCP, local,
                c.remoteAddress);
        int window = (flags & Tcp.SYN) != 0 ? 65_535 : WINDOW;
        Tcp.write(tcp, c.localPort, c.remotePort, seq, c.rcvNxt, header, flags, window, 0);
        Memory.putNative64(block, 0);
        Memory.putNative32(block + 8, 0);
        long pseudo = Checksum.pseudoHeader(local, c.remoteAddress, Protocol.TCP, header + length);
        if (!offloads) {
            long sum = Checksum.sum(tcp, header, pseudo);
            Tcp.putChecksum(tcp, Checksum.finish(Checksum.sum(payload, length, sum)));
        } else {
            Tcp.putChecksum(tcp, Checksum.fold(pseudo));
            Memory.put8(block, NEEDS_CSUM);
            Memory.putNative16(block + 6, Ipv4.MIN_HEADER);
            Memory.putNative16(block + 8, Tcp.CHECKSUM_OFFSET);
            if (length > MSS) {
                Memory.put8(block + 1, GSO_TCP4);
                Memory.putNative16(block + 2, Ipv4.MIN_HEADER + header);
                Memory.putNative16(block + 4, MSS);
            }
        }
        pieces.clear();
        pieces.add(block, TunQueue.HEADER_BYTES + Ipv4.MIN_HEADER + header);
        if (length > 0) {
            pieces.add(payload, length);
        }
        queue.send(pieces);
    }
}
