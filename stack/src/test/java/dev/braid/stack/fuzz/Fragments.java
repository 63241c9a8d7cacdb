package dev.braid.stack.fuzz;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;

/** Makes two fragments of an IPv4 packet that stands in two frames. */
final class Fragments {
    private static final int FRAGMENT_WORD = 6;

    private Fragments() {}

    /**
     * Leaves the packet's front in one frame and its end in the other.
     *
     * @param at where the end begins behind the header, a multiple of 8
     * @param skew 0 for two pieces that fit; else the second one lies elsewhere or is no last one
     */
    static void cut(Frame first, Frame second, int at, int skew) {
        int header = Ipv4.headerLength(first.data());
        int end = second.linearLength() - header;
        first.resize(header + at);
        fragment(first, Ipv4.MORE_FRAGMENTS);
        long a = second.data();
        Memory.copy(a + header + at, a + header, (long) end - at);
        second.resize(header + end - at);
        boolean more = (skew & 0x40) != 0;
        fragment(second, ((at >>> 3) + (skew & 7)) | (more ? Ipv4.MORE_FRAGMENTS : 0));
        Ipv4.putIdentification(second.data(), Ipv4.identification(first.data()));
        HeaderChecksum.fillIpv4(second.data());
    }

    private static void fragment(Frame frame, int word) {
        long a = frame.data();
        Ipv4.putTotalLength(a, frame.linearLength());
        Memory.put16(a + FRAGMENT_WORD, word);
        HeaderChecksum.fillIpv4(a);
    }
}
