package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host whose user dies as soon as a certain change is made, before it can do anything about it. */
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

    private void changed() {
        if (changes == kill) {
            throw new Killed();
        }
        changes++;
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
        host.addRule(rule);
        changed();
    }

    @Override
    public void deleteRule(Rule rule) {
        host.deleteRule(rule);
        changed();
    }

    @Override
    public List<Route> routes() {
        return host.routes();
    }

    @Override
    public void putRoute(Route route) {
        host.putRoute(route);
        changed();
    }

    @Override
    public void deleteRoute(Route route) {
        host.deleteRoute(route);
        changed();
    }

    @Override
    public @Nullable NftTable firewall(String name) {
        return host.firewall(name);
    }

    @Override
    public void putFirewall(NftTable table) {
        host.putFirewall(table);
        changed();
    }

    @Override
    public boolean deleteFirewall(String name) {
        boolean deleted = host.deleteFirewall(name);
        changed();
        return deleted;
    }

    @Override
    public @Nullable String setting(String key) {
        return host.setting(key);
    }

    @Override
    public void putSetting(String key, String value) throws IOException {
        host.putSetting(key, value);
        changed();
    }

    @Override
    public void mtu(int device, int bytes) {
        host.mtu(device, bytes);
        changed();
    }

    @Override
    public void close() {
        host.close();
    }
}
