package dev.braid.tools.bind;

import dev.braid.tools.host.Role;
import org.jspecify.annotations.Nullable;

/**
 * A link of the stack and the network interface it leaves by.
 *
 * @param index the stack's index of the link
 * @param tun the TUN's name
 * @param tunDevice the kernel's number of the TUN; 0 = it is not there
 * @param nicName the NIC's name; empty = the link waits for one
 * @param nic the NIC; {@code null} = it is not there
 * @param role what the link is wanted for
 * @param mtu what the TUN is to have, in bytes of IP; 0 = leave it
 * @param metered whether its traffic is paid for by volume
 * @param roleBy what gave it the role, as {@link dev.braid.tools.host.LinkView#roleBy}
 */
record BoundLink(
        int index,
        String tun,
        int tunDevice,
        String nicName,
        @Nullable NicFacts nic,
        Role role,
        int mtu,
        boolean metered,
        String roleBy) {
    /** The NIC when the link is to use it. */
    @Nullable
    NicFacts wanted() {
        return role == Role.OFF || tunDevice == 0 ? null : nic;
    }

    /** Whether packets of this family get out by it, as far as the NIC is concerned. */
    boolean carries(boolean v4) {
        NicFacts present = wanted();
        return present != null && present.carries(v4);
    }
}
