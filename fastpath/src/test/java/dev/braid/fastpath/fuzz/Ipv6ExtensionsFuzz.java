package dev.braid.fastpath.fuzz;

import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Ipv6Extensions;
import dev.braid.fastpath.wire.Ipv6Extensions.Outcome;
import dev.braid.testing.fuzz.Surroundings;

/** Extension headers of any shape: the walk ends, inside the packet, and reads nothing else. */
public final class Ipv6ExtensionsFuzz {
    private static final int MOST = 2_048;
    private static final Surroundings MEMORY = new Surroundings(MOST);

    private Ipv6ExtensionsFuzz() {}

    /** The input is the packet from its fixed header on. */
    public static void fuzzerTestOneInput(byte[] packet) {
        if (packet.length >= Ipv6.HEADER && packet.length <= MOST) {
            MEMORY.parse(packet, address -> walk(address, packet.length));
        }
    }

    private static String walk(long packet, int length) {
        var extensions = new Ipv6Extensions();
        Outcome outcome = extensions.walk(packet, length);
        switch (outcome) {
            case UPPER_LAYER, FRAGMENT -> {
                require(extensions.offset() >= Ipv6.HEADER && extensions.offset() <= length,
                        "the walk left the packet");
                require(extensions.protocolPointer() < extensions.offset(), "a header named behind itself");
                require((outcome == Outcome.FRAGMENT) == (extensions.fragmentOffset() != 0
                        || extensions.moreFragments()), "a fragment that is none");
            }
            case ROUTING_REFUSED, MISPLACED_HOP_BY_HOP, OPTION_REPORTED, OPTION_REPORTED_UNICAST -> require(
                    extensions.pointer() > 0 && extensions.pointer() < length, "the pointer left the packet");
            default -> {
            }
        }
        return outcome + " " + extensions.protocol() + " at " + extensions.offset() + " pointer " + extensions.pointer()
                + " named at " + extensions.protocolPointer() + " fragment " + extensions.hasFragmentHeader() + " "
                + extensions.fragmentOffset() + " " + extensions.moreFragments() + " " + extensions.fragmentId();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
