package dev.braid.tools.bind;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.io.IOException;
import java.util.ArrayList;
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
                attempt(outcome, rule.table() - binding.table(), () -> host.addRule(rule));
                outcome.changes.add("rule " + rule.priority() + (rule.v4() ? " IPv4" : " IPv6"));
            }
        }
        for (Rule stale : present) {
            attempt(outcome, Refusal.EVERY_LINK, () -> host.deleteRule(stale));
            outcome.changes.add("old rule " + stale.priority() + " taken away");
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
                attempt(outcome, route.table() - binding.table(), () -> host.putRoute(route));
                outcome.changes.add("route " + route.destination() + " of table " + route.table());
            }
        }
        for (Route old : ours) {
            if (!ways.contains(Way.of(old))) {
                attempt(outcome, old.table() - binding.table(), () -> delete(old));
                outcome.changes.add("old route " + old.destination() + " of table " + old.table() + " taken away");
            }
        }
    }

    /** One that stood where a new one was put has gone already. */
    private void delete(Route old) {
        try {
            host.deleteRoute(old);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
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
            journal.note(new JournalEntry(setting.key(), was, setting.value(), setting.device()));
        }
        host.putSetting(setting.key(), setting.value());
        outcome.changes.add(setting.key() + " = " + setting.value());
    }

    private void mtus(Map<Integer, Integer> wanted, Outcome outcome) {
        for (Link link : host.links()) {
            int mtu = wanted.getOrDefault(link.index(), link.mtu());
            if (mtu != link.mtu()) {
                attempt(outcome, Refusal.EVERY_LINK, () -> host.mtu(link.index(), mtu));
                outcome.changes.add("MTU of " + link.name() + " = " + mtu);
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
