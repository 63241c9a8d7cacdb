package dev.braid.fastpath.fuzz;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.Segmenter;
import dev.braid.fastpath.offload.VirtioHeader;
import dev.braid.fastpath.offload.VirtioVerdict;
import dev.braid.testing.fuzz.FuzzInput;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Objects;

/**
 * Virtio headers of any content before packets of any content: what is accepted is true of the packet, can be told to a device
 * and understood again, and can be cut.
 */
public final class VirtioHeaderFuzz {
    private static final int MOST = 9_000;
    private static final int BEHIND = 128;
    private static final Arena MEMORY = Arena.global();
    private static final FramePool FRAMES = new FramePool(MEMORY, 64, 16, false);
    private static final Counters COUNTERS = Counters.inMemory(MEMORY, 8);
    private static final Counter MALFORMED = COUNTERS.counter("Malformed");
    private static final long HEADER = Memory.allocate(MEMORY, 64, 8);
    private static final VirtioHeader VIRTIO = new VirtioHeader();
    private static final Segmenter SEGMENTER = new Segmenter(FRAMES, COUNTERS.counter("NoFrame"), MALFORMED);

    private VirtioHeaderFuzz() {}

    /** The input is the header, by how many zeros the packet is longer, and the packet. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        byte[] header = Arrays.copyOf(input.bytes(VirtioHeader.LENGTH), VirtioHeader.LENGTH);
        int longer = input.u16() % MOST;
        byte[] packet = input.rest();
        if (packet.length > MOST) {
            return;
        }
        Memory.copyIn(header, 0, HEADER, header.length);
        String first = read(packet, longer, 0);
        String second = read(packet, longer, 0xff);
        require(first.equals(second), "reads behind the packet: " + first + ", or " + second);
        require(FRAMES.inUse() == 0, FRAMES.inUse() + " frames leaked");
    }

    private static String read(byte[] packet, int longer, int behind) {
        Frame frame = Objects.requireNonNull(FRAMES.take(packet.length + longer));
        int length = packet.length + longer;
        Memory.zero(frame.data(), length);
        Memory.segment(frame.data() + length, Math.min(BEHIND, frame.room() - length)).fill((byte) behind);
        Memory.copyIn(packet, 0, frame.data(), packet.length);
        frame.resize(length);
        VirtioVerdict verdict = VIRTIO.read(HEADER, frame);
        String found = verdict + " " + metadata(frame);
        if (verdict == VirtioVerdict.ACCEPTED) {
            check(frame);
            if (frame.gsoType() == Frame.GSO_NONE || frame.checksumState() == Frame.CHECKSUM_PARTIAL) {
                VirtioHeader.write(frame, HEADER + 32);
                require(VIRTIO.read(HEADER + 32, frame) == VirtioVerdict.ACCEPTED, "our own header is refused");
                require(found.equals(verdict + " " + metadata(frame)), "another packet when told and read again");
            }
            found += cut(frame);
        } else {
            frame.release();
        }
        return found;
    }

    private static String metadata(Frame frame) {
        String place = frame.checksumState() == Frame.CHECKSUM_PARTIAL
                ? " at " + frame.checksumStart() + "+" + frame.checksumOffset()
                : "";
        return frame.checksumState() + place + " gso " + frame.gsoType() + " " + frame.gsoSize() + " " + frame.gsoEcn();
    }

    private static void check(Frame frame) {
        if (frame.checksumState() == Frame.CHECKSUM_PARTIAL) {
            require(frame.has(frame.checksumStart() + frame.checksumOffset(), 2), "a checksum outside the packet");
        }
        if (frame.gsoType() != Frame.GSO_NONE) {
            require(frame.gsoSize() > 0 && frame.gsoSize() < frame.length(), "cut into " + frame.gsoSize());
        }
    }

    /** Cuts the packet as for a device that cannot; the pieces are whole and right. */
    private static String cut(Frame frame) {
        int length = frame.length();
        boolean whole = frame.gsoType() == Frame.GSO_NONE;
        int size = frame.gsoSize();
        long malformed = MALFORMED.value();
        int[] pieces = new int[2];
        SEGMENTER.process(frame, piece -> {
            pieces[0]++;
            pieces[1] += piece.length() - piece.payloadOffset();
            require(whole ? piece.length() == length : piece.length() <= piece.payloadOffset() + size,
                    "a piece of " + piece.length());
            piece.release();
        });
        require(pieces[0] > 0 || MALFORMED.value() > malformed, "a packet vanished");
        return " in " + pieces[0] + " of " + pieces[1];
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
