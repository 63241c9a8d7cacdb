package dev.braid.tools.host;

import dev.braid.fastpath.wire.IpAddress;

/** Which destinations are not the stack's affair: this host, its LANs, other VPNs, what is configured. Any thread. */
@FunctionalInterface
public interface Bypass {
    /**
     * Why the kernel's own sockets are to be used for this destination; empty = the stack's are.
     *
     * @return such as {@code "192.168.1.0/24 is attached to wlan0"}
     */
    String reason(IpAddress remote);

    /**
     * The same for a name, before it is looked up; empty = its addresses decide.
     *
     * @param host in small letters
     */
    default String nameReason(String host) {
        return "";
    }
}
