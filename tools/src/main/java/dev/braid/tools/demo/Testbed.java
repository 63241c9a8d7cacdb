package dev.braid.tools.demo;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;

/**
 * Two hosts in network namespaces: a client with a TUN for Braid and a NIC called {@code wifi}, a server that is the Linux
 * kernel's TCP. The NIC is shaped both ways by tbf, which counts Ethernet bytes.
 *
 * <pre>
 *   client  [ Braid 10.77.0.2 ]-tun0-10.77.0.1 (kernel forwards) 192.0.2.2-wifi ===== wifi-192.0.2.1  server
 * </pre>
 */
final class Testbed implements AutoCloseable {
    /** Braid's device in the client. */
    static final String TUN = "braid0";
    /** Braid's own address there. */
    static final String BRAID_ADDRESS = "10.77.0.2/24";
    /** The server's address. */
    static final String SERVER_ADDRESS = "192.0.2.1";
    /** The NIC's name and the path's. */
    static final String NIC = "wifi";

    /** The testbed, or the stack on it, cannot be had here: one line that says why. */
    static final class NotPossible extends Exception {
        private static final long serialVersionUID = 1L;

        NotPossible(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final Prefix CLIENT_NIC = Prefix.parse("192.0.2.2/24");
    private static final Prefix SERVER_NIC = Prefix.parse("192.0.2.1/24");
    private static final Prefix BRAID_NET = Prefix.parse("10.77.0.0/24");

    private final NetworkNamespace client;
    private final NetworkNamespace server;

    private Testbed(NetworkNamespace client, NetworkNamespace server) {
        this.client = client;
        this.server = server;
    }

    /**
     * Makes the namespaces, the NIC and the shaping.
     *
     * @param mbit rate of the NIC in each direction
     * @throws NotPossible when namespaces or devices cannot be made, with one line that says why
     */
    static Testbed create(int mbit) throws NotPossible {
        try {
            return make(mbit);
        } catch (DeviceException | IllegalStateException e) {
            throw new NotPossible(e);
        }
    }

    private static Testbed make(int mbit) {
        NetworkNamespace server = NetworkNamespace.create("server");
        try {
            NetworkNamespace client = NetworkNamespace.create("client");
            var made = new Testbed(client, server);
            try {
                made.configure(mbit);
                return made;
            } catch (RuntimeException e) {
                client.close();
                throw e;
            }
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void configure(int mbit) {
        try (Rtnetlink ofClient = client.netlink();
                Rtnetlink ofServer = server.netlink()) {
            ofClient.createVeth(NIC, NIC, server.descriptor());
            bringUp(ofClient, CLIENT_NIC);
            int nic = bringUp(ofServer, SERVER_NIC);
            // The kernel's default elsewhere may be bbr: the demo compares like with like.
            ofServer.addRoute(Route.to(BRAID_NET)
                    .via(CLIENT_NIC.address())
                    .device(nic)
                    .congestionControl("cubic")
                    .build());
        }
        client.sysctl("net.ipv4.ip_forward", "1");
        shape(client, mbit);
        shape(server, mbit);
    }

    private static int bringUp(Rtnetlink netlink, Prefix address) {
        int nic = netlink.link(NIC).index();
        netlink.addAddress(nic, address);
        netlink.up(nic);
        return nic;
    }

    private static void shape(NetworkNamespace host, int mbit) {
        host.exec("tc", "qdisc", "add", "dev", NIC, "root", "tbf", "rate", mbit + "mbit", "burst", "16kb", "latency",
                "50ms");
    }

    /** Starts Braid on its TUN in the client. */
    Stack startBraid() throws NotPossible {
        try {
            return client.call(
                    () -> Stack.builder().link(Link.tun(TUN).address(BRAID_ADDRESS)).start());
        } catch (DeviceException e) {
            throw new NotPossible(e);
        }
    }

    /** Where the kernel's TCP serves. */
    NetworkNamespace server() {
        return server;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
