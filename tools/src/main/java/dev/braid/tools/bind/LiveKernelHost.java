package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Nftables;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernel, in the network namespace of the thread that opened this; settings are those of whichever thread asks. */
final class LiveKernelHost implements KernelHost {
    private static final Path SYSCTL = Path.of("/proc/sys");

    private final Rtnetlink netlink;
    private final Nftables nftables;

    private LiveKernelHost(Rtnetlink netlink, Nftables nftables) {
        this.netlink = netlink;
        this.nftables = nftables;
    }

    static LiveKernelHost open() {
        Rtnetlink netlink = Rtnetlink.open();
        try {
            return new LiveKernelHost(netlink, Nftables.open());
        } catch (RuntimeException e) {
            netlink.close();
            throw e;
        }
    }

    @Override
    public List<Link> links() {
        return netlink.links();
    }

    @Override
    public List<Rule> rules() {
        return netlink.rules();
    }

    @Override
    public void addRule(Rule rule) {
        netlink.addRule(rule);
    }

    @Override
    public void deleteRule(Rule rule) {
        unlessGone(() -> netlink.deleteRule(rule));
    }

    @Override
    public List<Route> routes() {
        return netlink.routes();
    }

    @Override
    public void putRoute(Route route) {
        netlink.replaceRoute(route);
    }

    @Override
    public void deleteRoute(Route route) {
        unlessGone(() -> netlink.deleteRoute(route));
    }

    private static void unlessGone(Runnable deletion) {
        try {
            deletion.run();
        } catch (LinuxException e) {
            if (e.errno() != Errno.ESRCH && e.errno() != Errno.ENOENT && e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    @Override
    public @Nullable NftTable firewall(String name) {
        return nftables.read(name);
    }

    @Override
    public void putFirewall(NftTable table) {
        nftables.replace(table);
    }

    @Override
    public boolean deleteFirewall(String name) {
        return nftables.delete(name);
    }

    @Override
    public @Nullable String setting(String key) {
        try {
            return Files.readString(SYSCTL.resolve(key)).strip();
        } catch (IOException e) {
            // The device, or what this kernel knows of it, is not there.
            return null;
        }
    }

    @Override
    public void putSetting(String key, String value) throws IOException {
        Files.writeString(SYSCTL.resolve(key), value);
    }

    @Override
    public void mtu(int device, int bytes) {
        netlink.mtu(device, bytes);
    }

    @Override
    public void close() {
        nftables.close();
        netlink.close();
    }
}
