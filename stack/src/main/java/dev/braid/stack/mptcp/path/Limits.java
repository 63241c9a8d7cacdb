package dev.braid.stack.mptcp.path;

/**
 * How many paths a connection may have, as {@code ip mptcp limits}.
 *
 * @param addAddrAccepted announced addresses of the peer that are connected to, 0..255
 * @param subflows subflows beside the one a connection begins with, whoever opened them, 0..255
 */
public record Limits(int addAddrAccepted, int subflows) {
    /** Linux's. */
    public static final Limits DEFAULT = new Limits(0, 2);

    /** @throws IllegalArgumentException when one is out of range */
    public Limits {
        if (addAddrAccepted < 0 || addAddrAccepted > 255 || subflows < 0 || subflows > 255) {
            throw new IllegalArgumentException(
                    "limits are 0..255, not add_addr_accepted " + addAddrAccepted + " and subflows " + subflows);
        }
    }
}
