package dev.braid.tundriver.netlink;

import java.util.List;

/**
 * A chain that the kernel runs at a hook. What none of its rules decides is accepted.
 *
 * @param name unique in its table
 * @param hook where packets meet it
 * @param priority chains of one hook run from the lowest number up; 100 is where sources are translated
 * @param type what its rules may do
 * @param rules tried in order
 */
public record NftChain(String name, Hook hook, int priority, Type type, List<NftRule> rules) {
    /** Keeps a copy of the list. */
    public NftChain {
        rules = List.copyOf(rules);
    }

    /** A place on the way of a packet; the order is that of {@code NF_INET_…}. */
    public enum Hook {
        PREROUTING,
        INPUT,
        FORWARD,
        OUTPUT,
        POSTROUTING
    }

    /** What a chain is for. */
    public enum Type {
        /** Its rules see every packet. */
        FILTER,
        /** Its rules see the first packet of each connection, and say how addresses are translated. */
        NAT
    }
}
