package dev.braid.tools.testbed;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;

/**
 * Two hosts in network namespaces: a client with some NICs, on each of which Braid has a TUN, and a server that is the Linux kernel,
 * reached over every NIC at one address. Every NIC is shaped both ways by tbf, which counts Ethernet bytes. The client's kernel
 * can be the client as well, over the same NICs.
 */
public final class Testbed implements AutoCloseable {
    /** The server's address. */
    public static final String SERVER_ADDRESS = "203.0.113.1";

    static final Prefix SERVER_NET = Prefix.parse("203.0.113.0/24");

    private final NetworkNamespace client;
    private final NetworkNamespace server;
    private final List<BedPath> paths = new ArrayList<>();

    private Testbed(NetworkNamespace client, NetworkNamespace server) {
        this.client = client;
        this.server = server;
    }

    /**
     * Makes the namespaces, the paths and the shaping.
     *
     * @throws NotPossibleException when namespaces or devices cannot be made, with one line that says why
     */
    public static Testbed create(List<PathSpec> specs) throws NotPossibleException {
        try {
            return make(specs);
        } catch (DeviceException | IllegalStateException e) {
            throw new NotPossibleException(e);
        }
    }

    private static Testbed make(List<PathSpec> specs) {
        NetworkNamespace server = NetworkNamespace.create("server");
        NetworkNamespace client;
        try {
            client = NetworkNamespace.create("client");
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        var made = new Testbed(client, server);
        try {
            made.configure(specs);
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private void configure(List<PathSpec> specs) {
        try (Rtnetlink ofServer = server.netlink()) {
            ofServer.addAddress(ofServer.link("lo").index(), Prefix.parse(SERVER_ADDRESS + "/32"));
        }
        for (NetworkNamespace host : List.of(client, server)) {
            // A path that failed must not make the next connection slower, and answers may come by another NIC.
            host.sysctl("net.ipv4.tcp_no_metrics_save", "1");
            host.sysctl("net.ipv4.conf.all.rp_filter", "0");
        }
        client.sysctl("net.ipv4.ip_forward", "1");
        for (int number = 1; number <= specs.size(); number++) {
            paths.add(new BedPath(number, specs.get(number - 1), client, server));
        }
    }

    /** The kernel's Multipath TCP as it has to be to use all paths: at the server, and at the client for comparison. */
    public void configureKernelMptcp() {
        String most = Integer.toString(paths.size());
        for (NetworkNamespace host : List.of(client, server)) {
            host.exec("ip", "mptcp", "limits", "set", "subflows", most, "add_addr_accepted", most);
        }
        for (BedPath path : paths.subList(1, paths.size())) {
            client.exec("ip", "mptcp", "endpoint", "add", path.nicAddress(), "dev", path.name(), "subflow");
        }
    }

    /**
     * Starts Braid on a TUN for each path, in the client.
     *
     * @throws NotPossibleException when a TUN cannot be opened, with one line that says why
     */
    public Stack startBraid(StackBuilder builder) throws NotPossibleException {
        paths.forEach(path -> builder.link(Link.tun(path.tun()).address(path.tunPrefix())));
        try {
            return client.call(builder::start);
        } catch (DeviceException e) {
            throw new NotPossibleException(e);
        }
    }

    /** In the order they were asked for; the client's kernel prefers the first. */
    public List<BedPath> paths() {
        return List.copyOf(paths);
    }

    /** The host with the NICs. */
    public NetworkNamespace client() {
        return client;
    }

    /** The host that serves. */
    public NetworkNamespace server() {
        return server;
    }

    @Override
    public void close() {
        paths.forEach(BedPath::close);
        client.close();
        server.close();
    }
}
