package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.NameTrial;
import dev.braid.tundriver.netlink.NftBase;
import dev.braid.tundriver.netlink.NftCount;
import dev.braid.tundriver.netlink.Nftables;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netlink.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kernel as it is, of the calling thread's network namespace; and, in the daemon, its links. */
final class LiveFacts implements DoctorFacts {
    private static final String TABLE = "braid";
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final int CAP_NET_ADMIN = 12;
    private static final String EFFECTIVE = "CapEff:";

    private final @Nullable Trials trials;
    private @Nullable Lookup lookup;

    /** @param trials null = there is no daemon */
    LiveFacts(@Nullable Trials trials) {
        this.trials = trials;
    }

    @Override
    public boolean running() {
        return trials != null;
    }

    @Override
    public List<LinkView> links() {
        return trials == null ? List.of() : trials.links();
    }

    @Override
    public boolean mayChangeNetwork() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(EFFECTIVE))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(),
                            16) >>> CAP_NET_ADMIN & 1) != 0);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String tunTrouble() {
        if (!Files.exists(TUN)) {
            return "it is not there";
        }
        return Files.isReadable(TUN) && Files.isWritable(TUN) ? "" : "this user may not open it";
    }

    @Override
    public @Nullable String setting(String key) {
        try {
            return Files.readString(Path.of("/proc/sys").resolve(key)).strip();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public List<Rule> rules() {
        try (Rtnetlink netlink = Rtnetlink.open()) {
            return netlink.rules();
        }
    }

    @Override
    public boolean hasTable() {
        try (Nftables firewall = Nftables.open()) {
            return firewall.read(TABLE) != null;
        }
    }

    @Override
    public Map<String, NftCount> counts() {
        try (Nftables firewall = Nftables.open()) {
            return firewall.counts(TABLE);
        }
    }

    @Override
    public List<NftBase> bases() {
        try (Nftables firewall = Nftables.open()) {
            return firewall.bases();
        }
    }

    @Override
    public List<NameTrial> nameServers() {
        return trials == null ? List.of() : trials.nameServers();
    }

    @Override
    public String server() {
        return trials == null ? "" : trials.server();
    }

    /** Once: several checks ask, and what is not found takes its time. */
    @Override
    public Lookup lookup() {
        Lookup known = lookup;
        if (known == null) {
            known = trials == null ? new Lookup(List.of(), "no daemon is running") : trials.lookup();
            lookup = known;
        }
        return known;
    }

    @Override
    public Trial connect(LinkView link, IpAddress address) {
        return trials == null
                ? new Trial(Trial.Outcome.FAILED, "no daemon is running")
                : trials.connect(link, address);
    }

    @Override
    public Passage passes(LinkView link, IpAddress address, int bytes) {
        return trials == null ? Passage.SILENT : trials.passes(link, address, bytes);
    }

    @Override
    public boolean acknowledges(LinkView link, IpAddress address, int bytes) {
        return trials != null && trials.acknowledges(link, address, bytes);
    }
}
