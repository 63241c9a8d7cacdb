package dev.braid.tools.bind;

/** How packets of IPv6 get from a TUN to a NIC on this kernel. */
enum Ipv6Way {
    /** They do not: IPv4 alone is bound. */
    NONE,
    /** Single interfaces can be told to forward: {@code force_forwarding}, Linux 6.17 and newer. */
    EACH,
    /** The host is a router already. */
    ROUTER
}
