package dev.braid.tools.bind;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the kernel look as desired, whatever it looks like: reads what is ours and applies the difference. In this order nothing is
 * ever open that the firewall does not close yet, and nothing is routed through the main table.
 */
final class Reconciler {
    private final KernelHost host;
    private final Journal journal;
    private final HostConfig.Binding binding;

    Reconciler(KernelHost host, Journal journal, HostConfig.Binding binding) {
        this.host = host;
        this.journal = journal;
        this.binding = binding;
    }

    /**
     * What a pass came to.
     *
     * @param changes what was put right, in words
     * @param refusals what could not be
     */
    record Outcome(List<String> changes, List<Refusal> refusals) {}

    /** A request to the kernel. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** One pass; what the kernel refuses does not keep the rest from being done. */
    Outcome reconcile(Desired desired) {
        Outcome outcome = new Outcome(new ArrayList<>(), new ArrayList<>());
        NftTable table = desired.firewall();
        if (!attempt(outcome, Refusal.EVERY_LINK, () -> firewall(table, outcome))) {
            // Without it packets would leave with addresses that nobody can answer, or come in uninvited.
            return outcome;
        }
        attempt(outcome, Refusal.EVERY_LINK, () -> rules(desired.rules(), outcome));
        attempt(outcome, Refusal.EVERY_LINK, () -> routes(desired.routes(), outcome));
        for (Desired.Setting setting : desired.settings()) {
            attempt(outcome, setting.link(), () -> setting(setting, outcome));
        }
        attempt(outcome, Refusal.EVERY_LINK, () -> mtus(desired.mtus(), outcome));
        return outcome;
    }

    private static boolean attempt(Outcome outcome, int link, Step step) {
        try {
            step.run();
            return true;
        } catch (IOException | DeviceException e) {
            outcome.refusals.add(new Refusal(link, String.valueOf(e.getMessage())));
            return false;
        }
    }

    /** Tells of the change only when it was made. */
    private static void change(Outcome outcome, int link, String what, Step step) {
        if (attempt(outcome, link, step)) {
            outcome.changes.add(what);
        }
    }

    private void firewall(NftTable wanted, Outcome outcome) {
        if (!wanted.equals(host.firewall(wanted.name()))) {
            host.putFirewall(wanted);
            outcome.changes.add("firewall table " + wanted.name());
        }
    }

    private void rules(List<Rule> wanted, Outcome outcome) {
        List<Rule> present = new ArrayList<>(host.rules());
        present.removeIf(rule -> rule.protocol() != binding.protocol());
        for (Rule rule : wanted) {
            if (!present.remove(rule)) {
                String what = "rule " + rule.priority() + (rule.v4() ? " IPv4" : " IPv6");
                change(outcome, rule.table() - binding.table(), what, () -> host.addRule(rule));
            }
        }
        for (Rule stale : present) {
            change(
                    outcome,
                    Refusal.EVERY_LINK,
                    "old rule " + stale.priority() + " taken away",
                    () -> host.deleteRule(stale));
        }
    }

    private void routes(List<Route> wanted, Outcome outcome) {
        Set<Way> present = new HashSet<>();
        List<Route> ours = new ArrayList<>();
        for (Route route : host.routes()) {
            if (route.protocol() == binding.protocol()) {
                present.add(Way.of(route));
                ours.add(route);
            }
        }
        Set<Way> ways = new HashSet<>();
        for (Route route : wanted) {
            ways.add(Way.of(route));
            if (!present.contains(Way.of(route))) {
                String what = "route " + route.destination() + " of table " + route.table();
                change(outcome, route.table() - binding.table(), what, () -> host.putRoute(route));
            }
        }
        for (Route old : ours) {
            if (!ways.contains(Way.of(old))) {
                // One that stood where a new one was put has gone already.
                String what = "old route " + old.destination() + " of table " + old.table() + " taken away";
                change(outcome, old.table() - binding.table(), what, () -> host.deleteRoute(old));
            }
        }
    }

    private void setting(Desired.Setting setting, Outcome outcome) throws IOException {
        String was = host.setting(setting.key());
        if (was == null) {
            throw new IOException("/proc/sys/" + setting.key() + " is not there");
        }
        if (was.equals(setting.value())) {
            return;
        }
        if (setting.device() != 0) {
            boolean router = "1".equals(host.setting(Settings.router(Settings.isV4(setting.key()))));
            journal.note(new JournalEntry(setting.key(), was, setting.value(), setting.device(), router));
        }
        host.putSetting(setting.key(), setting.value());
        outcome.changes.add(setting.key() + " = " + setting.value());
    }

    private void mtus(List<Desired.Mtu> wanted, Outcome outcome) {
        Map<Integer, Link> devices = new HashMap<>();
        host.links().forEach(link -> devices.put(link.index(), link));
        for (Desired.Mtu mtu : wanted) {
            Link device = devices.get(mtu.device());
            if (device != null && device.mtu() != mtu.bytes()) {
                String what = "MTU of " + device.name() + " = " + mtu.bytes();
                change(outcome, mtu.link(), what, () -> host.mtu(mtu.device(), mtu.bytes()));
            }
        }
    }

    /** What tells routes apart: IPv6 shows those that lead nowhere with the loopback device. */
    private record Way(
            Prefix destination, @Nullable IpAddress gateway, int device, int table, int type, int priority) {
        static Way of(Route route) {
            int device = route.type() == Route.RTN_UNREACHABLE ? 0 : route.device();
            return new Way(
                    route.destination(), route.gateway(), device, route.table(), route.type(), route.priority());
        }
    }
}
