package dev.braid.tundriver.netlink;

/**
 * What a rule's counter stands at since the table was written.
 *
 * @param packets packets; in a {@link NftChain.Type#NAT} chain connections, for only their first packets come there
 * @param bytes IP bytes of those packets
 */
public record NftCount(long packets, long bytes) {}
