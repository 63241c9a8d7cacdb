package dev.braid.tools.bind;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.LinkEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The binder's work: from what there is to what should be, as often as something changes. One thread. */
final class Pass {
    private static final long AUDIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final HostConfig.Binding binding;
    private final Slots slots;
    private final FactBook book = new FactBook();
    private final KernelHost host;
    private final Journal journal;
    private final Reconciler reconciler;
    private final LinkFollower follower;
    private final Suspicion suspicion;
    private final BoundLinks links;
    private final BindingLog log;
    private final Metered metered;
    private final Fights fights = new Fights();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private @Nullable Desired desired;
    private boolean due = true;
    private boolean pressing = true;
    private boolean awoke;
    private long auditNs;
    private long paceNs;

    Pass(
            HostConfig config,
            HostClaim claim,
            StackLinks stack,
            int count,
            HostLog log,
            Suspicion suspicion,
            BoundLinks links,
            Metered metered,
            long nowNs) {
        this.binding = config.binding();
        this.slots = new Slots(config, count);
        this.host = claim.host();
        this.journal = claim.journal();
        this.reconciler = new Reconciler(host, journal, binding);
        this.follower = new LinkFollower(stack, binding);
        this.suspicion = suspicion;
        this.links = links;
        this.log = new BindingLog(log);
        this.metered = metered;
        this.auditNs = nowNs;
        this.paceNs = nowNs;
    }

    /** Takes news of the host's devices, addresses, routes, rules and settings. */
    void onEvent(LinkEvent event) {
        due = true;
        pressing |= book.onEvent(event);
    }

    /** What is ours in the kernel may have been changed. */
    void disturbed() {
        due = true;
    }

    /** Wants a pass at once. */
    void demand() {
        due = true;
        pressing = true;
    }

    /** This process stood still for long: NICs are looked at, and paths asked whether they live. */
    void awoke() {
        awoke = true;
    }

    void role(String nic, Role role) {
        slots.role(nic, role);
    }

    void reconfigure(HostConfig config) {
        slots.reconfigure(config);
    }

    /** Completed by the next pass. */
    void whenMade(CompletableFuture<Void> done) {
        waiting.add(done);
    }

    /** When {@link #makeIfDue} is to be called though nothing was told, on {@link System#nanoTime}. */
    long nextNs() {
        return due && paceNs - auditNs < 0 ? paceNs : auditNs;
    }

    /**
     * Makes a pass if something changed, or when none was made for long; while somebody fights about the kernel's state, what is only
     * about that state waits.
     *
     * @throws IOException when the stack has ended
     */
    void makeIfDue(long nowNs) throws IOException {
        if (nowNs - auditNs >= 0) {
            demand();
        }
        if (!due || (!pressing && nowNs - paceNs < 0)) {
            return;
        }
        due = false;
        pressing = false;
        auditNs = nowNs + AUDIT_NS;
        try {
            make(nowNs);
        } catch (DeviceException e) {
            failed(e, nowNs);
        }
        paceNs = fights.paceNs(nowNs);
        waiting.forEach(done -> done.complete(null));
        waiting.clear();
    }

    /** The host's state could not be read; it is tried again soon. */
    void failed(DeviceException why, long nowNs) {
        log.failed(why);
        auditNs = nowNs + RETRY_NS;
    }

    private void make(long nowNs) throws IOException {
        Map<String, NicFacts> nics = book.nics();
        log.unbound(slots.assign(nics.values()));
        List<BoundLink> bound = slots.bound(nics, metered);
        Ipv6Way ipv6 = ipv6();
        boolean both = ipv6 != Ipv6Way.NONE;
        List<LinkState> promised = LinkState.of(bound, both, List.of(), suspicion::suspects);
        follower.before(promised);
        for (LinkState state : promised) {
            if (!state.carried()) {
                suspicion.forget(state.link().index());
            }
        }
        Desired wanted = Desires.of(bound, binding, ipv6, opened(nics), key -> "1".equals(host.setting(key)));
        Reconciler.Outcome outcome = reconciler.reconcile(wanted);
        List<LinkState> states = LinkState.of(bound, both, outcome.refusals(), suspicion::suspects);
        follower.after(states);
        if (awoke) {
            awoke = false;
            follower.awoke();
        }
        links.publish(states);
        log.made(states, outcome.refusals());
        if (wanted.equals(desired) && !outcome.changes().isEmpty()) {
            repaired(outcome.changes(), nowNs);
        }
        desired = wanted;
    }

    /** Nothing else was wanted than before, so somebody took it away. */
    private void repaired(List<String> changes, long nowNs) {
        if (fights.repaired(nowNs)) {
            log.fight(changes);
        } else if (!fights.isOne(nowNs)) {
            log.repaired(changes);
        }
    }

    /** IPv6 is bound where the host is a router already, which is to go on forwarding, or where single interfaces can forward. */
    private Ipv6Way ipv6() {
        if (binding.ipv6().equals("off")) {
            return Ipv6Way.NONE;
        }
        if ("1".equals(host.setting(Settings.router(false)))) {
            return Ipv6Way.ROUTER;
        }
        return host.setting(Settings.EACH6) != null ? Ipv6Way.EACH : Ipv6Way.NONE;
    }

    /**
     * The forwarding that was switched on so far and that nobody else has asked for since, by the names that its interfaces have now.
     */
    private Set<String> opened(Map<String, NicFacts> nics) {
        Set<String> keys = new LinkedHashSet<>();
        for (JournalEntry entry : journal.entries()) {
            if (entry.becameRouter(host)) {
                continue;
            }
            for (NicFacts nic : nics.values()) {
                if (nic.index() == entry.device()) {
                    keys.add(Settings.of(nic.name(), entry.sysctl()));
                }
            }
        }
        return keys;
    }

    /** The last one: nothing is carried any more, and whoever waits is told. */
    void end() {
        try {
            follower.end();
        } catch (IOException e) {
            // The stack ended first.
        } finally {
            waiting.forEach(done -> done.completeExceptionally(new IOException("links are not bound any more")));
            waiting.clear();
        }
    }
}
