package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Role;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has the stack's links follow the NICs. Bad news goes to the stack before the kernel is put right, so that peers hear of a lost
 * address while others still work; good news afterwards, when packets get through. One thread.
 */
final class LinkFollower {
    private final StackLinks stack;
    private final HostConfig.Binding binding;
    private final Map<Integer, Told> told = new HashMap<>();

    LinkFollower(StackLinks stack, HostConfig.Binding binding) {
        this.stack = stack;
        this.binding = binding;
    }

    /** What the stack knows of a link. It begins with links that are carried and have both their addresses. */
    private static final class Told {
        boolean carried = true;
        boolean v4 = true;
        boolean v6 = true;
        @Nullable Role role;
        Set<IpAddress> sources = Set.of();

        boolean has(boolean ofV4) {
            return ofV4 ? v4 : v6;
        }

        void has(boolean ofV4, boolean usable) {
            if (ofV4) {
                v4 = usable;
            } else {
                v6 = usable;
            }
        }
    }

    /** Tells what links do no longer. Others are not told of. */
    void before(List<LinkState> states) throws IOException {
        for (LinkState state : states) {
            Told known = known(state);
            String tun = state.link().tun();
            if (known.carried && !state.carried()) {
                stack.carried(tun, false);
                known.carried = false;
            }
            if (known.carried && lostOne(known, state)) {
                stack.addressesLost(tun);
            }
            if (state.carried()) {
                known.sources = addresses(state);
            }
            for (boolean v4 : new boolean[] {true, false}) {
                if (known.has(v4) && !has(state, v4)) {
                    address(state, known, v4, false);
                }
            }
        }
    }

    /** Tells what links can do now that the kernel is as it should be, and what they cannot because it refused. */
    void after(List<LinkState> states) throws IOException {
        before(states);
        for (LinkState state : states) {
            Told known = known(state);
            if (state.link().role() != known.role && state.link().role() != Role.OFF) {
                known.role = state.link().role();
                stack.role(state.link().index(), known.role);
            }
            for (boolean v4 : new boolean[] {true, false}) {
                if (!known.has(v4) && has(state, v4)) {
                    address(state, known, v4, true);
                }
            }
            if (state.carried() && !known.carried) {
                stack.carried(state.link().tun(), true);
                known.carried = true;
            }
        }
    }

    /** Tells that this process stood still for so long that the world may have forgotten it. */
    void awoke() throws IOException {
        for (Map.Entry<Integer, Told> entry : told.entrySet()) {
            if (entry.getValue().carried) {
                stack.doubted(Slots.tun(entry.getKey()));
            }
        }
    }

    /** Tells that no link carries anything any more. */
    void end() throws IOException {
        for (Map.Entry<Integer, Told> entry : told.entrySet()) {
            if (entry.getValue().carried) {
                entry.getValue().carried = false;
                stack.carried(Slots.tun(entry.getKey()), false);
            }
        }
    }

    /**
     * An address that went while another of its family carries on: connections that were masqueraded as it are strangers to their peers
     * now. A family that goes as a whole is told of by itself.
     */
    private static boolean lostOne(Told known, LinkState state) {
        Set<IpAddress> present = addresses(state);
        return known.sources.stream()
                .anyMatch(source -> has(state, source.isIpv4()) && !present.contains(source));
    }

    private static Set<IpAddress> addresses(LinkState state) {
        Set<IpAddress> all = new HashSet<>();
        for (Prefix prefix : state.sources()) {
            all.add(prefix.address());
        }
        return all;
    }

    /** A link without a carrier keeps the stack's addresses: it mostly comes back with the same families. */
    private static boolean has(LinkState state, boolean v4) {
        return !state.carried() || (v4 ? state.v4() : state.v6());
    }

    private void address(LinkState state, Told known, boolean v4, boolean usable) throws IOException {
        known.has(v4, usable);
        BoundLink link = state.link();
        stack.address(link.tun(), Slots.address(binding, link.index(), v4), usable);
    }

    private Told known(LinkState state) {
        return told.computeIfAbsent(state.link().index(), index -> new Told());
    }
}
