package dev.braid.tools.bind;

import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.LinkUse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells people what became of the links: each state once, and what was put back. One thread. */
final class BindingLog {
    private final HostLog log;
    private final Map<Integer, String> told = new HashMap<>();
    private Set<Refusal> refused = Set.of();
    private Set<String> unbound = Set.of();

    BindingLog(HostLog log) {
        this.log = log;
    }

    /** What became of the links, and what the kernel refused. */
    void made(List<LinkState> states, List<Refusal> refusals) {
        for (Refusal refusal : refusals) {
            if (!refused.contains(refusal)) {
                log.say(HostLog.Level.ERROR, refusal.reason());
            }
        }
        refused = Set.copyOf(refusals);
        states.forEach(this::state);
    }

    /** NICs that could be used if there were links for them. */
    void unbound(Set<String> nics) {
        for (String nic : nics) {
            if (!unbound.contains(nic)) {
                log.say(
                        HostLog.Level.WARNING,
                        nic + " has a default route, but no link is left for it: raise binding.spare_links ("
                                + Slots.MOST + " links are the most) and restart");
            }
        }
        unbound = nics;
    }

    private void state(LinkState state) {
        BoundLink link = state.link();
        if (link.nicName().isEmpty()) {
            return;
        }
        String families = state.v4() && state.v6() ? "IPv4 and IPv6" : state.v4() ? "IPv4" : "IPv6";
        String how = state.carried()
                ? state.use().sentence() + " (" + families + ", " + link.role().word() + ")"
                : state.use().sentence();
        String line = link.nicName() + " (" + link.tun() + "): " + how;
        if (!line.equals(told.put(link.index(), line))) {
            boolean bad = !state.carried() && state.use() != LinkUse.OFF;
            log.say(bad ? HostLog.Level.WARNING : HostLog.Level.NOTICE, line);
        }
    }

    /** Something was put back: somebody else took it away. */
    void repaired(List<String> changes) {
        log.say(HostLog.Level.NOTICE, "put back what was missing: " + String.join(", ", changes));
    }

    /** It is taken away as often as it is put back. */
    void fight(List<String> changes) {
        log.say(
                HostLog.Level.WARNING,
                "another program keeps taking away " + String.join(", ", changes)
                        + ", which is put back once a second from now on; if it is systemd-networkd, set "
                        + "ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no in networkd.conf");
    }

    /** A pass could not be made. */
    void failed(Exception why) {
        log.say(HostLog.Level.ERROR, "cannot look at the host's network: " + why.getMessage());
    }
}
