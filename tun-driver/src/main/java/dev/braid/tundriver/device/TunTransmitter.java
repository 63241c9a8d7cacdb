package dev.braid.tundriver.device;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.VirtioHeader;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.IoVector;
import dev.braid.tundriver.tun.TunQueue;
import java.lang.foreign.Arena;

/**
 * Writes frames to one queue: virtio header, linear part and fragments gathered by one system call.
 *
 * <p>The header has a block of its own, since the bytes in front of a frame's data may belong to a frame that shares them.
 * Transmitting thread only; allocation-free.
 */
final class TunTransmitter {
    private final TunQueue queue;
    private final TunCounters counters;
    private final Preamble preamble;
    private final IoVector pieces;
    private final long header;

    TunTransmitter(Arena arena, TunQueue queue, Preamble preamble, TunCounters counters) {
        this.preamble = preamble;
        this.queue = queue;
        this.counters = counters;
        this.pieces = new IoVector(arena, 2 + Frame.MAX_FRAGMENTS);
        this.header = Memory.allocate(arena, VirtioHeader.LENGTH, Long.BYTES);
    }

    /** Sends the frame and releases it; one that the kernel does not take is dropped and counted. */
    void transmit(Frame frame) {
        int link = frame.linkHeaderLength();
        if (link != preamble.link()) {
            frame.drop(counters.transmitDrop(-Errno.EINVAL));
            return;
        }
        VirtioHeader.write(frame, header);
        preamble.fromPacketToLink(header);
        pieces.clear();
        pieces.add(header, preamble.virtio());
        pieces.add(frame.data() - link, link + frame.linearLength());
        for (int i = 0, n = frame.fragmentCount(); i < n; i++) {
            pieces.add(frame.fragmentAddress(i), frame.fragmentLength(i));
        }
        int answer = queue.send(pieces);
        if (answer < 0) {
            frame.drop(counters.transmitDrop(answer));
        } else {
            frame.release();
        }
    }
}
