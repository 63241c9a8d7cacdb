package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import java.util.List;

/** Linux's numbers for the two families of addresses. */
final class Family {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final List<Integer> BOTH = List.of(AF_INET, AF_INET6);

    private static final Prefix ANY_IPV4 = new Prefix(IpAddress.ANY_IPV4, 0);
    private static final Prefix ANY_IPV6 = new Prefix(IpAddress.ANY_IPV6, 0);

    private Family() {}

    static int of(IpAddress address) {
        return address.isIpv4() ? AF_INET : AF_INET6;
    }

    /** Every address of the family: the destination of a default route. */
    static Prefix any(int family) {
        return family == AF_INET6 ? ANY_IPV6 : ANY_IPV4;
    }
}
