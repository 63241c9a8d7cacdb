package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.NameTrial;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.NftBase;
import dev.braid.tundriver.netlink.NftCount;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A host where all is well with two links, {@code eth0} and {@code wlan0}, to be spoilt by a test. */
final class FakeFacts implements DoctorFacts {
    boolean running = true;
    boolean mayChangeNetwork = true;
    boolean hasTable = true;
    /** The kernel shows this user no firewalls. */
    boolean blind;
    /** NICs over which TCP's full packets are swallowed. */
    final Set<String> filled = new HashSet<>();

    String tunTrouble = "";
    String server = "mptcp.test:443";
    Lookup lookup = new Lookup(List.of(IpAddress.parse("203.0.113.1")), "");
    final List<NameTrial> nameServers = new ArrayList<>();
    final List<LinkView> links = new ArrayList<>();
    final Map<String, String> settings = new HashMap<>();
    final List<Rule> rules = new ArrayList<>();
    final Map<String, NftCount> counts = new HashMap<>();
    final List<NftBase> bases = new ArrayList<>();
    final Map<String, Trial> trials = new HashMap<>();
    /** What becomes of packets of more bytes than a link's way carries, by NIC. */
    final Map<String, Passage> larger = new HashMap<>();
    /** How many bytes it carries. */
    int carried = 1_500;
    /** How often the server refuses datagrams at once; once a second more. */
    int refusals = 1_000;

    FakeFacts() {
        settings.put("net/ipv6/conf/default/force_forwarding", "0");
        link(0, "eth0", LinkUse.USED);
        link(1, "wlan0", LinkUse.USED);
        bases.add(new NftBase(1, "braid", "forward", 2, -10, 1));
    }

    void link(int index, String nic, LinkUse use) {
        String tun = "braid" + index;
        links.add(view(index, nic, use, IpAddress.parse("fd77:b1a1:d:" + index + "::2")));
        for (boolean v4 : new boolean[] {true, false}) {
            rules.add(Rule.inputDevice(tun, v4, 7_700 + index, 7_700 + index, 77));
        }
        settings.put("net/ipv4/conf/" + nic + "/forwarding", "1");
        for (String counter : List.of("out", "masquerade", "in")) {
            counts.put(tun + ' ' + counter, new NftCount(10, 1_000));
        }
        nameServers.add(new NameTrial("203.0.113.53", nic, "", 12_000_000));
        trials.put(nic, new Trial(Trial.Outcome.MULTIPATH, ""));
    }

    static LinkView view(int index, String nic, LinkUse use, @Nullable IpAddress v6) {
        List<Prefix> networks = List.of(Prefix.parse("192.168." + index + ".0/24"), Prefix.parse("2001:db8::/64"));
        return new LinkView(index, nic, "braid" + index, Role.PRIMARY, use, "", IpAddress.parse("198.19.77.42"), v6,
                networks, 1500, false, 0);
    }

    @Override
    public boolean running() {
        return running;
    }

    @Override
    public List<LinkView> links() {
        return running ? links : List.of();
    }

    @Override
    public boolean mayChangeNetwork() {
        return mayChangeNetwork;
    }

    @Override
    public String tunTrouble() {
        return tunTrouble;
    }

    @Override
    public @Nullable String setting(String key) {
        return settings.get(key);
    }

    @Override
    public List<Rule> rules() {
        return rules;
    }

    @Override
    public boolean hasTable() {
        return hasTable;
    }

    @Override
    public Map<String, NftCount> counts() {
        return counts;
    }

    @Override
    public List<NftBase> bases() {
        if (blind) {
            throw new LinuxException("chains", "GETCHAIN", Errno.EPERM, "");
        }
        return bases;
    }

    @Override
    public List<NameTrial> nameServers() {
        return nameServers.stream()
                .filter(trial -> links().stream()
                        .anyMatch(link -> link.use().usable() && link.nic().equals(trial.nic())))
                .toList();
    }

    @Override
    public String server() {
        return server;
    }

    @Override
    public Lookup lookup() {
        return lookup;
    }

    @Override
    public Trial connect(LinkView link, IpAddress address) {
        return trials.getOrDefault(link.nic(), new Trial(Trial.Outcome.FAILED, "no such link"));
    }

    @Override
    public synchronized Passage passes(LinkView link, IpAddress address, int bytes) {
        Passage passage = bytes <= carried ? Passage.PASSED : larger.getOrDefault(link.nic(), Passage.PASSED);
        if (passage == Passage.PASSED && refusals == 0) {
            passage = Passage.SILENT;
        }
        // What is silent is asked twice, and takes two seconds.
        refusals += passage == Passage.PASSED ? -1 : passage == Passage.SILENT ? 2 : 0;
        return passage;
    }

    @Override
    public boolean acknowledges(LinkView link, IpAddress address, int bytes) {
        return bytes <= LEAST_PACKET + 100 || !filled.contains(link.nic());
    }
}
