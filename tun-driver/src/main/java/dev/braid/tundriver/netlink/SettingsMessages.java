package dev.braid.tundriver.netlink;

/** Reads the messages about devices' settings: {@code struct netconfmsg} and the attributes {@code NETCONFA_…}. */
final class SettingsMessages {
    /** One byte, the family; attributes begin at multiples of four. */
    private static final int NETCONFMSG = 4;

    private static final int NETCONFA_IFINDEX = 1;

    private SettingsMessages() {}

    /** The device that a {@code RTM_NEWNETCONF} is about; those about all devices or later ones are about any. */
    static int device(Reply reply) {
        if (reply.length() < NETCONFMSG) {
            return LinkEvent.SettingsChanged.ANY_DEVICE;
        }
        int index = reply.attributes(NETCONFMSG).i32(NETCONFA_IFINDEX, LinkEvent.SettingsChanged.ANY_DEVICE);
        return Math.max(index, LinkEvent.SettingsChanged.ANY_DEVICE);
    }
}
