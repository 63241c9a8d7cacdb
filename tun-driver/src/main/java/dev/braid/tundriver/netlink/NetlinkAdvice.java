package dev.braid.tundriver.netlink;

import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;

/** Says what to do about a request the kernel refused. */
final class NetlinkAdvice {
    private NetlinkAdvice() {}

    /** @param kernelText the kernel's own words from the extended acknowledgement, or nothing */
    static LinuxException failure(String subject, String call, int errno, String kernelText) {
        String advice = advice(errno);
        if (!kernelText.isEmpty()) {
            advice = "the kernel says \"" + kernelText + "\"" + (advice.isEmpty() ? "" : "; " + advice);
        }
        return new LinuxException(subject, call, errno, advice);
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.EPERM ->
                "this needs CAP_NET_ADMIN in the network namespace; run as root, or in a user namespace of"
                        + " your own (unshare -Urn)";
            case Errno.EACCES -> "IPv6 is switched off here (sysctl net.ipv6.conf.all.disable_ipv6)";
            case Errno.EEXIST -> "it exists already; remove it first or choose another";
            case Errno.ENODEV -> "there is no such device in this network namespace";
            case Errno.ESRCH, Errno.EADDRNOTAVAIL, Errno.ENOENT -> "there is nothing like it to remove or change";
            case Errno.ENETUNREACH ->
                "the gateway is not reachable by any address of the device; add the address first";
            case Errno.ENETDOWN -> "bring the device up first";
            case Errno.EOPNOTSUPP -> "this kernel, or this kind of device, cannot do it";
            default -> "";
        };
    }
}
