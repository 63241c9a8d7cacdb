package dev.braid.tools.host;

/**
 * What came of asking one name server one way.
 *
 * @param server its address
 * @param nic the link's NIC; empty = by the kernel
 * @param failure why there was no answer in one line; empty = there was one
 * @param tookNs how long it took
 */
public record NameTrial(String server, String nic, String failure, long tookNs) {
    /** Whether the server answered. */
    public boolean answered() {
        return failure.isEmpty();
    }
}
