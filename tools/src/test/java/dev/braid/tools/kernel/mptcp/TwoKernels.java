package dev.braid.tools.kernel.mptcp;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;

/** Two hosts of the kernel's, joined by two cables. */
final class TwoKernels implements AutoCloseable {
    private final NetworkNamespace client = NetworkNamespace.create("kernel-client");
    private final NetworkNamespace server = NetworkNamespace.create("kernel-server");

    TwoKernels() {
        try (Rtnetlink ofClient = client.netlink();
                Rtnetlink ofServer = server.netlink()) {
            for (int path = 0; path < 2; path++) {
                ofClient.createVeth("eth" + path, "eth" + path, server.descriptor());
                bringUp(ofClient, "eth" + path, client());
                bringUp(ofServer, "eth" + path, server());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void bringUp(Rtnetlink netlink, String device, KernelHost host) {
        int path = device.charAt(device.length() - 1) - '0';
        int index = netlink.link(device).index();
        netlink.addAddress(index, Prefix.parse(host.address(path, false) + "/24"));
        netlink.addAddress(index, Prefix.parse(host.address(path, true) + "/64"));
        netlink.up(index);
        netlink.awaitTaken(Prefix.parse(host.address(path, true) + "/64").address());
    }

    NetworkNamespace clientNamespace() {
        return client;
    }

    KernelHost client() {
        return new KernelHost(client, 2);
    }

    KernelHost server() {
        return new KernelHost(server, 1);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
