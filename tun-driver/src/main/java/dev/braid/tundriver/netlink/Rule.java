package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.Prefix;
import org.jspecify.annotations.Nullable;

/**
 * A routing rule: packets that match are routed by a table.
 *
 * @param v4 whether it is for IPv4, else for IPv6
 * @param priority rules are tried from the lowest number up
 * @param from the source network, or null for any
 * @param to the destination network, or null for any
 * @param inputDevice the name of the device packets came in by, or empty for any
 * @param mark the firewall mark, or 0 for any
 * @param table the table
 * @param protocol who made it
 */
public record Rule(
        boolean v4,
        int priority,
        @Nullable Prefix from,
        @Nullable Prefix to,
        String inputDevice,
        int mark,
        int table,
        int protocol) {

    /** A rule that sends what comes from {@code from} to {@code table}. */
    public static Rule from(Prefix from, int table, int priority, int protocol) {
        return new Rule(from.address().isIpv4(), priority, from, null, "", 0, table, protocol);
    }

    /**
     * A rule that sends what comes in by a device to {@code table}. It stays when the device goes, matching nothing, and matches again
     * when one of the name returns.
     */
    public static Rule inputDevice(String device, boolean v4, int table, int priority, int protocol) {
        return new Rule(v4, priority, null, null, device, 0, table, protocol);
    }

    int family() {
        return v4 ? Family.AF_INET : Family.AF_INET6;
    }
}
