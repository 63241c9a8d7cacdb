package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.NameTrial;
import dev.braid.tundriver.netlink.NftBase;
import dev.braid.tundriver.netlink.NftCount;
import dev.braid.tundriver.netlink.Rule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be known of a host and its links. Any thread; each call looks anew. */
interface DoctorFacts {
    /** What every link of IPv4 carries. */
    int LEAST_PACKET = 68;

    /** Whether a daemon runs here, so that there are links. */
    boolean running();

    /** The daemon's links; none without one. */
    List<LinkView> links();

    /** Whether this process may change network settings (CAP_NET_ADMIN). */
    boolean mayChangeNetwork();

    /** Why {@code /dev/net/tun} cannot be used; empty = it can. */
    String tunTrouble();

    /** A setting by its path below {@code /proc/sys}; null = this kernel has none such. */
    @Nullable
    String setting(String key);

    /** All rules. */
    List<Rule> rules();

    /** Whether our firewall table is there. */
    boolean hasTable();

    /** The counters of our firewall table by comment. */
    Map<String, NftCount> counts();

    /** The chains that the kernel runs, of other programs too. */
    List<NftBase> bases();

    /** Asks each name server over each link; blocks for seconds at most. None without a daemon, or when none is known. */
    List<NameTrial> nameServers();

    /** The host to try connections to; empty = none is known. */
    String server();

    /** Looks its addresses up as the daemon does; blocks for seconds at most. */
    Lookup lookup();

    /** Connects to it over a link; blocks for seconds at most. */
    Trial connect(LinkView link, IpAddress address);

    /**
     * Sends it a packet over a link, not to be cut on the way; blocks for seconds at most.
     *
     * @param bytes of IP, at least {@value #LEAST_PACKET}
     */
    Passage passes(LinkView link, IpAddress address, int bytes);

    /** Sends it so many bytes over a plain TCP connection of the link; whether they were acknowledged. Blocks for seconds at most. */
    boolean acknowledges(LinkView link, IpAddress address, int bytes);
}
