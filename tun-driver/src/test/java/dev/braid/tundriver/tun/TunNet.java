package dev.braid.tundriver.tun;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;

/**
 * A namespace of a test's own with one TUN in it, up. The kernel is 10.77.0.1 and fd77::1; 10.77.0.2 and fd77::2 are behind
 * the TUN.
 */
final class TunNet implements AutoCloseable {
    final NetworkNamespace ns;
    final Rtnetlink netlink;
    final Tun tun;

    TunNet(TunOptions options) {
        ns = NetworkNamespace.create("tun-test");
        try {
            netlink = ns.netlink();
            tun = ns.call(() -> Tun.open(options));
            int device = tun.link().index();
            netlink.addAddress(device, Prefix.parse("10.77.0.1/24"));
            netlink.addAddress(device, Prefix.parse("fd77::1/64"));
            netlink.up(device);
        } catch (RuntimeException e) {
            ns.close();
            throw e;
        }
    }

    @Override
    public void close() {
        tun.close();
        netlink.close();
        ns.close();
    }
}
