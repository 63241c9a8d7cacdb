package dev.braid.fastpath.wire;

/** Protocol and next-header numbers of IP (IANA "Assigned Internet Protocol Numbers"). */
public final class Protocol {
    /** IPv6 hop-by-hop options (RFC 8200 section 4.3). */
    public static final int HOP_BY_HOP = 0;

    public static final int ICMP = 1;
    public static final int IPV4_ENCAPSULATION = 4;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int IPV6_ENCAPSULATION = 41;

    /** IPv6 routing header (RFC 8200 section 4.4). */
    public static final int ROUTING = 43;

    /** IPv6 fragment header (RFC 8200 section 4.5). */
    public static final int FRAGMENT = 44;

    public static final int ESP = 50;
    public static final int AUTHENTICATION = 51;
    public static final int ICMPV6 = 58;

    /** IPv6: nothing follows (RFC 8200 section 4.7). */
    public static final int NO_NEXT_HEADER = 59;

    /** IPv6 destination options (RFC 8200 section 4.6). */
    public static final int DESTINATION_OPTIONS = 60;

    private Protocol() {}
}
