package dev.braid.tools.bind;

import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.LinkUse;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/** Tells people what became of the links: each state once, and who fights about the kernel's tables. One thread. */
final class BindingLog {
    private static final long WINDOW_NS = 10_000_000_000L;
    private static final int FIGHT = 10;

    private final HostLog log;
    private final Map<Integer, String> told = new HashMap<>();
    private final Queue<Long> repairs = new ArrayDeque<>();
    private Set<Refusal> refused = Set.of();
    private boolean begun;
    private boolean fighting;

    BindingLog(HostLog log) {
        this.log = log;
    }

    /** A pass was made. */
    void made(List<LinkState> states, Reconciler.Outcome outcome) {
        Set<Refusal> refusals = new HashSet<>(outcome.refusals());
        for (Refusal refusal : outcome.refusals()) {
            if (!refused.contains(refusal)) {
                log.say(HostLog.Level.ERROR, refusal.reason());
            }
        }
        refused = refusals;
        boolean changed = false;
        for (LinkState state : states) {
            changed |= state(state);
        }
        if (begun && !changed && !outcome.changes().isEmpty()) {
            repaired(outcome.changes());
        }
        begun = true;
    }

    private boolean state(LinkState state) {
        BoundLink link = state.link();
        if (link.nicName().isEmpty()) {
            return false;
        }
        String families = state.v4() && state.v6() ? "IPv4 and IPv6" : state.v4() ? "IPv4" : "IPv6";
        String how = state.carried()
                ? state.use().sentence() + " (" + families + ", " + link.role().word() + ")"
                : state.use().sentence();
        String line = link.nicName() + " (" + link.tun() + "): " + how;
        if (line.equals(told.put(link.index(), line))) {
            return false;
        }
        boolean bad = !state.carried() && state.use() != LinkUse.OFF;
        log.say(bad ? HostLog.Level.WARNING : HostLog.Level.NOTICE, line);
        return true;
    }

    /** Something was put back though no link changed: somebody else took it away. */
    private void repaired(List<String> changes) {
        long nowNs = System.nanoTime();
        repairs.add(nowNs);
        while (nowNs - repairs.element() > WINDOW_NS) {
            repairs.remove();
        }
        if (repairs.size() <= FIGHT) {
            fighting = false;
            log.say(HostLog.Level.NOTICE, "put back what was missing: " + String.join(", ", changes));
        } else if (!fighting) {
            fighting = true;
            log.say(
                    HostLog.Level.WARNING,
                    "another program keeps taking away " + String.join(", ", changes)
                            + "; if it is systemd-networkd, set "
                            + "ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no in networkd.conf");
        }
    }

    /** A pass could not be made. */
    void failed(Exception why) {
        log.say(HostLog.Level.ERROR, "cannot look at the host's network: " + why.getMessage());
    }
}
