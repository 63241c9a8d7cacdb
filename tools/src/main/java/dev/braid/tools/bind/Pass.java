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

/** The binder's work: from what there is to what should be, as often as something changes. One thread. */
final class Pass {
    private static final long RETRY_NS = 1_000_000_000L;

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
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean due = true;
    private long auditNs = System.nanoTime();

    Pass(
            HostConfig config,
            HostClaim claim,
            StackLinks stack,
            int count,
            HostLog log,
            Suspicion suspicion,
            BoundLinks links) {
        this.binding = config.binding();
        this.slots = new Slots(config, count);
        this.host = claim.host();
        this.journal = claim.journal();
        this.reconciler = new Reconciler(host, journal, binding);
        this.follower = new LinkFollower(stack, binding);
        this.suspicion = suspicion;
        this.links = links;
        this.log = new BindingLog(log);
        this.metered = new MeteredNics();
    }

    void onEvent(LinkEvent event) {
        book.onEvent(event);
    }

    void role(String nic, Role role) {
        slots.role(nic, role);
    }

    void reconfigure(HostConfig config) {
        slots.reconfigure(config);
    }

    /** Something may have changed. */
    void invalidate() {
        due = true;
    }

    /** Completed by the next pass. */
    void whenMade(CompletableFuture<Void> done) {
        waiting.add(done);
    }

    /** When it is time to look though nothing was told, on {@link System#nanoTime}. */
    long auditNs() {
        return auditNs;
    }

    /**
     * Makes a pass if something changed.
     *
     * @param nextAuditNs when the next is due at the latest
     * @throws IOException when the stack has ended
     */
    void makeIfDue(long nextAuditNs) throws IOException {
        if (!due) {
            return;
        }
        due = false;
        auditNs = nextAuditNs;
        try {
            make();
        } catch (DeviceException e) {
            log.failed(e);
            auditNs = System.nanoTime() + RETRY_NS;
        }
        waiting.forEach(done -> done.complete(null));
        waiting.clear();
    }

    private void make() throws IOException {
        Map<String, NicFacts> nics = book.nics();
        slots.assign(nics.values());
        List<BoundLink> bound = slots.bound(book, metered);
        Ipv6Way ipv6 = ipv6();
        boolean both = ipv6 != Ipv6Way.NONE;
        follower.before(LinkState.of(bound, both, List.of(), suspicion::suspects));
        Set<String> opened = opened(nics);
        Desired desired = Desires.of(bound, binding, ipv6, opened, key -> "1".equals(host.setting(key)));
        Reconciler.Outcome outcome = reconciler.reconcile(desired);
        List<LinkState> states = LinkState.of(bound, both, outcome.refusals(), suspicion::suspects);
        follower.after(states);
        links.publish(states);
        log.made(states, outcome);
    }

    /** IPv6 is bound where single interfaces can forward, or the host is a router already. */
    private Ipv6Way ipv6() {
        if (binding.ipv6().equals("off")) {
            return Ipv6Way.NONE;
        }
        if (host.setting(Settings.EACH6) != null) {
            return Ipv6Way.EACH;
        }
        return "1".equals(host.setting(Settings.ROUTER6)) ? Ipv6Way.ROUTER : Ipv6Way.NONE;
    }

    /** The forwarding that was switched on so far, by the names that its interfaces have now. */
    private Set<String> opened(Map<String, NicFacts> nics) {
        Set<String> keys = new LinkedHashSet<>();
        for (JournalEntry entry : journal.entries()) {
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
        }
        waiting.forEach(done -> done.completeExceptionally(new IOException("links are not bound any more")));
        waiting.clear();
    }
}
