package dev.braid.tundriver.netlink;

/**
 * A chain that the kernel runs at a hook, of any program's table.
 *
 * @param family {@code NFPROTO_…}: 1 inet, 2 IPv4, 10 IPv6, others for bridges and ARP
 * @param table its table
 * @param chain its name
 * @param hook {@code NF_INET_…} for the families 1, 2 and 10: 2 is forward
 * @param priority lower runs first
 * @param policy what becomes of packets no rule decides: 0 drop, 1 accept
 */
public record NftBase(int family, String table, String chain, int hook, int priority, int policy) {
    /** {@link #policy} of a chain that drops. */
    public static final int DROP = 0;
}
