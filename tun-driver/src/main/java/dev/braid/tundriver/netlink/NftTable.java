package dev.braid.tundriver.netlink;

import java.util.List;

/**
 * A firewall table for both families of addresses ({@code inet}), as far as {@link Nftables} writes one.
 *
 * @param name at most 31 bytes; programs know their table by it
 * @param chains in order
 */
public record NftTable(String name, List<NftChain> chains) {
    /** Keeps a copy of the list. */
    public NftTable {
        chains = List.copyOf(chains);
    }
}
