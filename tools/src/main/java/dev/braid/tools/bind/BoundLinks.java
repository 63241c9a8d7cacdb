package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The links as the rest of the daemon sees them. */
final class BoundLinks implements Links {
    private final HostConfig.Binding binding;
    private final RoleChange change;
    private final Suspicion suspicion;
    private final Runnable wake;
    private volatile List<LinkView> views = List.of();

    /** Has the binder's thread change a role, and waits for it. */
    @FunctionalInterface
    interface RoleChange {
        void to(String nic, Role role) throws IOException;
    }

    BoundLinks(HostConfig.Binding binding, Suspicion suspicion, RoleChange change, Runnable wake) {
        this.binding = binding;
        this.suspicion = suspicion;
        this.change = change;
        this.wake = wake;
    }

    /** Called by the binder's thread with what is so now. */
    void publish(List<LinkState> states) {
        List<LinkView> shown = new ArrayList<>();
        for (LinkState state : states) {
            if (!state.link().nicName().isEmpty()) {
                shown.add(view(state));
            }
        }
        // The sort is stable: among equals the order is that of the configuration, or of the metrics when they were found.
        shown.sort(Comparator.comparing(LinkView::role));
        views = List.copyOf(shown);
    }

    private LinkView view(LinkState state) {
        BoundLink link = state.link();
        NicFacts nic = link.nic();
        return new LinkView(
                link.index(),
                link.nicName(),
                link.tun(),
                link.role(),
                state.use(),
                state.detail(),
                source(link, true, state.v4()),
                source(link, false, state.v6()),
                nic == null ? List.of() : nic.networks(),
                link.mtu(),
                link.metered(),
                0,
                link.roleBy(),
                nic == null ? List.of() : nic.addresses(),
                nic == null ? List.of() : nic.gateways());
    }

    private @Nullable IpAddress source(BoundLink link, boolean v4, boolean carried) {
        return carried ? Slots.address(binding, link.index(), v4).address() : null;
    }

    @Override
    public List<LinkView> all() {
        return views;
    }

    @Override
    public void role(String nic, Role role) throws IOException {
        List<String> names = views.stream().map(LinkView::nic).toList();
        if (!names.contains(nic)) {
            throw new IllegalArgumentException(
                    "there is no link " + nic + "; there are " + String.join(", ", names));
        }
        change.to(nic, role);
    }

    @Override
    public void heard(int index, boolean answered) {
        if (suspicion.heard(index, answered)) {
            wake.run();
        }
    }
}
