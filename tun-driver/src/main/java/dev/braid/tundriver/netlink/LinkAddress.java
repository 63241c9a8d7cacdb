package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.Prefix;

/**
 * An address of a device.
 *
 * @param device the device's index
 * @param prefix the address with the length of its network
 * @param flags {@code IFA_F_…} bits
 */
public record LinkAddress(int device, Prefix prefix, int flags) {
    /** Duplicate-address detection is not done: the address can be used at once. */
    public static final int IFA_F_NODAD = 2;
    /** Duplicate-address detection found another user. */
    public static final int IFA_F_DADFAILED = 8;
    /** Duplicate-address detection is running: the address cannot be used yet. */
    public static final int IFA_F_TENTATIVE = 0x40;

    /** Whether connections can use it as their source. */
    public boolean usable() {
        return (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
    }

}
