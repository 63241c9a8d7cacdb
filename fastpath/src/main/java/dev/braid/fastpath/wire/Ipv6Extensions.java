package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * Walks the extension headers of an IPv6 packet (RFC 8200 section 4) to the upper-layer header and holds what it
 * found until the next walk.
 *
 * <p>The walk is bounded by the packet and by {@link #MAX_HEADERS}. It stops before an authentication or ESP header,
 * whose protocol it then reports, and at a fragment header of a packet that really is a fragment. One owner thread;
 * allocation-free.
 */
public final class Ipv6Extensions {
    /** More headers than this are refused: no honest packet has them, and each costs the receiver a look. */
    public static final int MAX_HEADERS = 8;

    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_PADN = 1;
    private static final int OPTION_JUMBO = 0xc2;
    private static final int FRAGMENT_LENGTH = 8;
    private static final int NEXT_HEADER_OFFSET = 6;

    /** How a walk ended. */
    public enum Outcome {
        /** {@link #protocol()} and {@link #offset()} name the upper-layer header. */
        UPPER_LAYER,
        /** The packet is a fragment; {@link #offset()} is where its piece of the datagram begins. */
        FRAGMENT,
        /** A header or an option reaches past the end of the packet. */
        TRUNCATED,
        /** There are more than {@link #MAX_HEADERS} headers. */
        TOO_MANY_HEADERS,
        /** The packet is a jumbogram (RFC 2675), which this stack does not take. */
        JUMBOGRAM,
        /**
         * A routing header, type 0 (RFC 5095) or any other, wants to send the packet on: ICMP parameter problem, code
         * 0, at {@link #pointer()}.
         */
        ROUTING_REFUSED,
        /** Hop-by-hop options stand elsewhere than first: ICMP parameter problem, code 1, at {@link #pointer()}. */
        MISPLACED_HOP_BY_HOP,
        /** An unknown option wants the packet dropped without a word. */
        OPTION_REFUSED,
        /** An unknown option wants an ICMP parameter problem, code 2, at {@link #pointer()}. */
        OPTION_REPORTED,
        /** As {@link #OPTION_REPORTED}, but only when the packet's destination is not multicast. */
        OPTION_REPORTED_UNICAST
    }

    private int protocol;
    private int offset;
    private int pointer;
    private int namedAt;
    private boolean hasFragmentHeader;
    private int fragmentOffset;
    private boolean moreFragments;
    private int fragmentId;

    /**
     * Walks from the fixed header.
     *
     * @param packet address of the fixed header
     * @param length bytes of the packet, at least 40; the caller has required them
     */
    public Outcome walk(long packet, int length) {
        protocol = Ipv6.nextHeader(packet);
        offset = Ipv6.HEADER;
        pointer = 0;
        hasFragmentHeader = false;
        fragmentOffset = 0;
        moreFragments = false;
        fragmentId = 0;
        namedAt = NEXT_HEADER_OFFSET;
        for (int headers = 0; headers <= MAX_HEADERS; headers++) {
            if (!isExtension(protocol)) {
                return Outcome.UPPER_LAYER;
            }
            if (length - offset < 8) {
                return Outcome.TRUNCATED;
            }
            long at = packet + offset;
            int size = protocol == Protocol.FRAGMENT ? FRAGMENT_LENGTH : (Memory.u8(at + 1) + 1) << 3;
            if (size > length - offset) {
                return Outcome.TRUNCATED;
            }
            Outcome outcome = header(packet, size);
            if (outcome != Outcome.UPPER_LAYER && outcome != Outcome.FRAGMENT) {
                return outcome;
            }
            namedAt = offset;
            protocol = Memory.u8(at);
            offset += size;
            if (outcome == Outcome.FRAGMENT) {
                return outcome;
            }
        }
        return Outcome.TOO_MANY_HEADERS;
    }

    /** Protocol of the upper-layer header, or of the header behind the fragment header. */
    public int protocol() {
        return protocol;
    }

    /** Offset of the upper-layer header or of the fragment's data from the start of the packet, in bytes. */
    public int offset() {
        return offset;
    }

    /** Offset of the byte at fault, for an ICMP parameter problem. */
    public int pointer() {
        return pointer;
    }

    /** Offset of the byte that names {@link #protocol()}, for an ICMP parameter problem about the protocol itself. */
    public int protocolPointer() {
        return namedAt;
    }

    /** Whether there was a fragment header, be it only that of an atomic fragment (RFC 6946), a whole packet. */
    public boolean hasFragmentHeader() {
        return hasFragmentHeader;
    }

    /** Where the fragment lies in the fragmentable part, in bytes: a multiple of 8, 0..65528. */
    public int fragmentOffset() {
        return fragmentOffset;
    }

    /** Whether fragments follow this one. */
    public boolean moreFragments() {
        return moreFragments;
    }

    /** Identification of the fragmented packet. */
    public int fragmentId() {
        return fragmentId;
    }

    private static boolean isExtension(int protocol) {
        return switch (protocol) {
            case Protocol.HOP_BY_HOP, Protocol.ROUTING, Protocol.FRAGMENT, Protocol.DESTINATION_OPTIONS -> true;
            default -> false;
        };
    }

    /** Examines the header at {@link #offset}; UPPER_LAYER means that the walk goes on. */
    private Outcome header(long packet, int size) {
        long at = packet + offset;
        return switch (protocol) {
            case Protocol.HOP_BY_HOP -> {
                if (offset != Ipv6.HEADER) {
                    pointer = namedAt;
                    yield Outcome.MISPLACED_HOP_BY_HOP;
                }
                yield options(packet, offset + 2, offset + size);
            }
            case Protocol.DESTINATION_OPTIONS -> options(packet, offset + 2, offset + size);
            case Protocol.ROUTING -> {
                // RFC 8200 section 4.4: with no segments left an unrecognized type is ignored, else the packet is
                // refused.
                if (Memory.u8(at + 3) != 0) {
                    pointer = offset + 2;
                    yield Outcome.ROUTING_REFUSED;
                }
                yield Outcome.UPPER_LAYER;
            }
            default -> fragment(at);
        };
    }

    private Outcome fragment(long at) {
        int word = Memory.u16(at + 2);
        hasFragmentHeader = true;
        fragmentOffset = word & 0xfff8;
        moreFragments = (word & 1) != 0;
        fragmentId = Memory.i32(at + 4);
        return fragmentOffset != 0 || moreFragments ? Outcome.FRAGMENT : Outcome.UPPER_LAYER;
    }

    /** RFC 8200 section 4.2: the two high bits of an unknown option's type say what is to be done. */
    private Outcome options(long packet, int from, int to) {
        int at = from;
        while (at < to) {
            int type = Memory.u8(packet + at);
            if (type == OPTION_PAD1) {
                at++;
                continue;
            }
            int size = at + 1 < to ? 2 + Memory.u8(packet + at + 1) : Integer.MAX_VALUE;
            if (size > to - at) {
                return Outcome.TRUNCATED;
            }
            if (type == OPTION_JUMBO && protocol == Protocol.HOP_BY_HOP) {
                return Outcome.JUMBOGRAM;
            }
            if (type != OPTION_PADN && type >>> 6 != 0) {
                pointer = at;
                return switch (type >>> 6) {
                    case 1 -> Outcome.OPTION_REFUSED;
                    case 2 -> Outcome.OPTION_REPORTED;
                    default -> Outcome.OPTION_REPORTED_UNICAST;
                };
            }
            at += size;
        }
        return Outcome.UPPER_LAYER;
    }
}
