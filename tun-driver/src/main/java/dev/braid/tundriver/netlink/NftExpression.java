package dev.braid.tundriver.netlink;

/** One step of a firewall rule. */
public sealed interface NftExpression {
    /** A packet with an invalid place in its connection. */
    int INVALID = 1;
    /** A packet of a connection that has seen both directions. */
    int ESTABLISHED = 2;
    /** A packet that belongs to another connection, such as an ICMP error about it. */
    int RELATED = 4;
    /** The first packet of a connection. */
    int NEW = 8;

    /** Goes on for one family of addresses only. */
    record Family(boolean v4) implements NftExpression {}

    /** Goes on if the device a packet came in by has this name, or, with {@code equal} false, another. */
    record InputDevice(String name, boolean equal) implements NftExpression {}

    /** Goes on if the device a packet leaves by has this name, or, with {@code equal} false, another. */
    record OutputDevice(String name, boolean equal) implements NftExpression {}

    /** Goes on if conntrack finds the packet in any of these states: {@link #INVALID} … {@link #NEW}, or-ed. */
    record ConnectionState(int anyOf) implements NftExpression {}

    /** Counts the packets and bytes that come so far; {@link Nftables#counts} reads them. */
    record Count() implements NftExpression {}

    /** The packet ends here. */
    record Drop() implements NftExpression {}

    /** The packet passes this chain; chains of later priority, of other tables too, may still drop it. */
    record Accept() implements NftExpression {}

    /** The connection gets the address of the device that it leaves by as its source. */
    record Masquerade() implements NftExpression {}

    /** TCP options of this kind are overwritten with NOPs; how middleboxes strip Multipath TCP (kind 30). */
    record StripTcpOption(int kind) implements NftExpression {}

    /**
     * Something that was read and that none of the others says. It makes a table unequal to any written one; writing it
     * is refused with {@link IllegalArgumentException}.
     *
     * @param name the kernel's name for it, or what about the chain is not as written ({@code "policy 0"})
     */
    record Other(String name) implements NftExpression {}
}
