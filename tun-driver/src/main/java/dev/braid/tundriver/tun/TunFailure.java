package dev.braid.tundriver.tun;

import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import org.jspecify.annotations.Nullable;

/** Finds out why a TUN could not be opened, and says what to do about it. */
final class TunFailure {
    static final String DEVICE_FILE = "/dev/net/tun";

    private TunFailure() {}

    /** Why {@value #DEVICE_FILE} could not be opened. */
    static LinuxException opening(String name, int errno) {
        String advice = switch (errno) {
            case Errno.ENOENT -> DEVICE_FILE + " does not exist; load the driver (modprobe tun), or in a container"
                    + " pass the device in (--device " + DEVICE_FILE + ")";
            case Errno.ENODEV, Errno.ENXIO -> "the kernel has no TUN driver; load it (modprobe tun)";
            case Errno.EACCES, Errno.EPERM -> "this user may not open it; run as root, or let everybody open it"
                    + " (chmod 0666 " + DEVICE_FILE + ", which gives no right over devices)";
            default -> "";
        };
        return new LinuxException(name, "open " + DEVICE_FILE, errno, advice);
    }

    /** Why TUNSETIFF was refused. */
    static LinuxException attaching(Rtnetlink netlink, TunOptions options, int errno) {
        String advice = switch (errno) {
            case Errno.EPERM -> "this needs CAP_NET_ADMIN in the network namespace; run as root, in a user"
                    + " namespace of your own (unshare -Urn), or open a persistent device that belongs to you";
            case Errno.EBUSY -> "another process holds this device; stop it or choose another name";
            case Errno.E2BIG -> "the device has no more free queues; ask for fewer";
            case Errno.EINVAL -> mismatch(netlink.lookupLink(options.name()), options);
            default -> "";
        };
        return new LinuxException(options.name(), "TUNSETIFF", errno, advice);
    }

    private static String mismatch(@Nullable Link link, TunOptions options) {
        if (link == null) {
            return "the kernel does not take this name; choose another";
        }
        Link.TunAttributes tun = link.tun();
        if (tun == null) {
            String kind = link.kind().isEmpty() ? "physical or loopback" : link.kind();
            return "a " + kind + " device has this name, which is no TUN; choose another name";
        }
        if (tun.tap()) {
            return "a TAP device has this name, and Braid needs a TUN; choose another name";
        }
        if (!tun.multiQueue() && options.queues() > 1) {
            return "the device was made with a single queue; open it with one, or delete it first (ip link delete "
                    + options.name() + ")";
        }
        return "the device exists with other properties; delete it first (ip link delete " + options.name() + ")";
    }
}
