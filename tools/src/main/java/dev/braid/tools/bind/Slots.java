package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Link;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.Rtnetlink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which NIC has which of the stack's links. The links are made when the stack starts and are fixed then; NICs come and go. One that
 * returns gets its old link, a new one a spare link. One thread.
 */
public final class Slots {
    /** Subflows of a connection that its scheduler looks at are bounded by as many. */
    static final int MOST = 8;

    private static final int DEFAULT_MTU = 1500;
    private static final int ADDRESSES_EACH = 4;
    private static final int PREFIX4 = 30;
    private static final int PREFIX6 = 64;
    private static final int OWN = 2;

    private final String[] nics;
    private final Map<String, Role> told = new HashMap<>();
    private HostConfig config;

    /** @param count how many links the stack has */
    Slots(HostConfig config, int count) {
        this.config = config;
        this.nics = new String[count];
        for (int i = 0; i < count; i++) {
            nics[i] = i < config.links().size() ? config.links().get(i).nic() : "";
        }
    }

    /**
     * The links that a stack is to be made with: one for each NIC that is configured, or, when none is, for each that has a default
     * route, and spare ones.
     *
     * @throws IllegalArgumentException when that is too many, or the pools of addresses do not suffice
     */
    public static List<Link> links(HostConfig config, Rtnetlink netlink) {
        Map<String, NicFacts> present = FactBook.read(netlink).nics();
        int named = config.links().size();
        int found = (int) present.values().stream().filter(NicFacts::isFound).count();
        int count = named > 0 ? named : Math.min(MOST, Math.max(1, found + config.binding().spareLinks()));
        if (count > MOST) {
            throw new IllegalArgumentException(count + " links are configured; " + MOST + " are the most");
        }
        Slots slots = new Slots(config, count);
        slots.assign(present.values());
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int mtu = slots.mtu(i, present.get(slots.nics[i]));
            links.add(Link.tun(tun(i))
                    .address(address(config.binding(), i, true).toString())
                    .address(address(config.binding(), i, false).toString())
                    .mtu(mtu == 0 ? DEFAULT_MTU : mtu));
        }
        return List.copyOf(links);
    }

    /** The name of the TUN of a link. */
    static String tun(int index) {
        return "braid" + index;
    }

    /** The stack's own address on a link; the host's is the first of the same network. */
    static Prefix address(HostConfig.Binding binding, int index, boolean v4) {
        Prefix pool = v4 ? binding.pool4() : binding.pool6();
        int length = v4 ? PREFIX4 : PREFIX6;
        IpAddress first = pool.network();
        IpAddress own = v4
                ? new IpAddress(first.hi(), first.lo() + (long) ADDRESSES_EACH * index + OWN)
                : new IpAddress(first.hi() + index, first.lo() + OWN);
        if (!pool.contains(own) || pool.length() > length) {
            throw new IllegalArgumentException(
                    "the pool " + pool + " is too small for link " + index + ": each takes a /" + length);
        }
        return new Prefix(own, length);
    }

    /** Takes another configuration: the roles said by command go, links stay with their NICs. */
    void reconfigure(HostConfig changed) {
        config = changed;
        told.clear();
    }

    /**
     * Gives NICs that nobody named, and that can be used, links of their own.
     *
     * @return the names of those for which there was none
     */
    Set<String> assign(Collection<NicFacts> present) {
        Set<String> without = new LinkedHashSet<>();
        if (!config.links().isEmpty()) {
            return without;
        }
        List<NicFacts> found = present.stream()
                .filter(NicFacts::isFound)
                .sorted(Comparator.comparingInt(NicFacts::metric).thenComparing(NicFacts::name))
                .toList();
        for (NicFacts nic : found) {
            if (slot(nic.name()) < 0) {
                int free = free(present);
                if (free >= 0) {
                    nics[free] = nic.name();
                } else {
                    without.add(nic.name());
                }
            }
        }
        return without;
    }

    private int slot(String nic) {
        for (int i = 0; i < nics.length; i++) {
            if (nics[i].equals(nic)) {
                return i;
            }
        }
        return -1;
    }

    /** One that never had a NIC, else one whose NIC is gone. */
    private int free(Collection<NicFacts> present) {
        int empty = slot("");
        for (int i = 0; i < nics.length && empty < 0; i++) {
            String name = nics[i];
            if (present.stream().noneMatch(nic -> nic.name().equals(name))) {
                empty = i;
            }
        }
        return empty;
    }

    /** Says what a NIC's link is wanted for, until the next configuration. */
    void role(String nic, Role role) {
        told.put(nic, role);
    }

    /** The links as they are bound now, to which of the devices that are there. */
    List<BoundLink> bound(Map<String, NicFacts> present, Metered metered) {
        List<BoundLink> links = new ArrayList<>();
        for (int i = 0; i < nics.length; i++) {
            NicFacts tun = present.get(tun(i));
            NicFacts nic = present.get(nics[i]);
            boolean paid = nic != null && metered(nic, metered);
            links.add(new BoundLink(
                    i, tun(i), tun == null ? 0 : tun.index(), nics[i], nic, role(i, paid), mtu(i, nic), paid,
                    roleBy(i, paid)));
        }
        return List.copyOf(links);
    }

    private boolean metered(NicFacts nic, Metered found) {
        HostConfig.LinkConfig link = configured(nic.name());
        return link == null ? found.isMetered(nic) : link.metered().orElseGet(() -> found.isMetered(nic));
    }

    private Role role(int slot, boolean metered) {
        Role byCommand = told.get(nics[slot]);
        if (byCommand != null) {
            return byCommand;
        }
        HostConfig.LinkConfig link = configured(nics[slot]);
        Role usual = metered ? Role.BACKUP : Role.PRIMARY;
        return link == null ? usual : link.role().orElse(usual);
    }

    private String roleBy(int slot, boolean metered) {
        if (told.containsKey(nics[slot])) {
            return "command";
        }
        HostConfig.LinkConfig link = configured(nics[slot]);
        boolean configured = link != null && link.role().isPresent();
        return configured ? "configuration" : metered ? "metered" : "default";
    }

    private int mtu(int slot, @Nullable NicFacts nic) {
        HostConfig.LinkConfig link = configured(nics[slot]);
        if (link != null && link.mtu() != 0) {
            return link.mtu();
        }
        return nic == null ? 0 : Math.min(nic.mtu(), 65_535);
    }

    private HostConfig.@Nullable LinkConfig configured(String nic) {
        for (HostConfig.LinkConfig link : config.links()) {
            if (link.nic().equals(nic)) {
                return link;
            }
        }
        return null;
    }
}
