package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host whose user dies instead of making a certain change. */
final class FakeKill implements KernelHost {
    private final KernelHost host;
    private final int kill;
    private int changes;

    FakeKill(KernelHost host, int kill) {
        this.host = host;
        this.kill = kill;
    }

    /** Not an exception: nobody is there to handle it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** How many changes were made. */
    int changes() {
        return changes;
    }

    private KernelHost change() {
        if (changes == kill) {
            throw new Killed();
        }
        changes++;
        return host;
    }

    @Override
    public List<Link> links() {
        return host.links();
    }

    @Override
    public List<Rule> rules() {
        return host.rules();
    }

    @Override
    public void addRule(Rule rule) {
        change().addRule(rule);
    }

    @Override
    public void deleteRule(Rule rule) {
        change().deleteRule(rule);
    }

    @Override
    public List<Route> routes() {
        return host.routes();
    }

    @Override
    public void putRoute(Route route) {
        change().putRoute(route);
    }

    @Override
    public void deleteRoute(Route route) {
        change().deleteRoute(route);
    }

    @Override
    public @Nullable NftTable firewall(String name) {
        return host.firewall(name);
    }

    @Override
    public void putFirewall(NftTable table) {
        change().putFirewall(table);
    }

    @Override
    public boolean deleteFirewall(String name) {
        return change().deleteFirewall(name);
    }

    @Override
    public @Nullable String setting(String key) {
        return host.setting(key);
    }

    @Override
    public void putSetting(String key, String value) throws IOException {
        change().putSetting(key, value);
    }

    @Override
    public void mtu(int device, int bytes) {
        change().mtu(device, bytes);
    }

    @Override
    public void close() {
        host.close();
    }
}
