package dev.braid.stack.mptcp;

import dev.braid.stack.mptcp.path.PathManagers;
import dev.braid.stack.mptcp.scheduler.PacketSchedulers;
import java.util.function.Consumer;

/**
 * The tunables of Multipath TCP, named after the kernel's {@code net.mptcp} sysctls where one exists; bytes and nanoseconds. Made by
 * {@link #with}; a core works with a copy of its own, which it reads whenever a value matters.
 */
public final class MptcpConfig {
    private static final long SECOND = 1_000_000_000L;

    /** The stack's defaults; not to be changed. */
    public static final MptcpConfig DEFAULT = new MptcpConfig();

    /** Sockets that choose no protocol offer and accept Multipath TCP (net.mptcp.enabled). */
    public boolean enabled = true;
    /** Demand checksums over data and mappings (net.mptcp.checksum_enabled; RFC 8684 section 3.1, flag A). */
    public boolean checksum;
    /** Let the peer join to the address and port it connected to (net.mptcp.allow_join_initial_addr_port; flag C is its opposite). */
    public boolean allowJoinInitialAddressPort = true;
    /** Longest wait for the echo of an ADD_ADDR before it is sent again; 0 = never again (net.mptcp.add_addr_timeout). */
    public long addAddrTimeoutNs = 120 * SECOND;
    /**
     * An ACK that announces an IPv6 address with a port leaves timestamps off, which RFC 7323 section 3.2 has on every segment; else it
     * leaves off the NOPs before them (net.mptcp.add_addr_v6_port_drop_ts, 1 in Linux 7).
     */
    public boolean addAddrV6PortDropTimestamps;
    /** How long a connection without subflows is kept for a new one (net.mptcp.close_timeout). */
    public long closeTimeoutNs = 60 * SECOND;
    /** SYNs with MP_CAPABLE that may stay unanswered before one without is tried (net.mptcp.syn_retrans_before_tcp_fallback). */
    public int synRetransBeforeTcpFallback = 2;
    /** How long a path that swallows MP_CAPABLE is remembered the first time; 0 = not at all (net.mptcp.blackhole_timeout). */
    public long blackholeTimeoutNs = 3600 * SECOND;
    /**
     * Retransmission intervals without a sign of life after which a path is stale; 0 = none is. Only where {@link #liveness} is off, which
     * finds it sooner (net.mptcp.stale_loss_cnt).
     */
    public int staleLossCount = 4;
    /** Notice paths that fell silent, by probes, and have their data take others at once; Braid's own (net.braid.mptcp_liveness). */
    public boolean liveness = true;
    /** The packet scheduler of connections that choose none (net.mptcp.scheduler). */
    public String scheduler = "default";
    /** The path managers of connections that choose none, separated by blanks (net.mptcp.path_manager). */
    public String pathManagers = "endpoints";
    /** Each address a link gets is an endpoint for connections that this host opens (net.braid.mptcp_link_endpoints). */
    public boolean linkEndpoints = true;

    /** The packet schedulers there are (net.mptcp.available_schedulers). */
    public PacketSchedulers packetSchedulers = PacketSchedulers.STANDARD;
    /** The path managers there are (net.mptcp.available_path_managers). */
    public PathManagers knownPathManagers = PathManagers.STANDARD;

    private MptcpConfig() {}

    /** The defaults, changed. */
    public static MptcpConfig with(Consumer<MptcpConfig> change) {
        MptcpConfig config = new MptcpConfig();
        change.accept(config);
        return config;
    }

    /** A copy that shares nothing. */
    public MptcpConfig copy() {
        return with(to -> {
            to.enabled = enabled;
            to.checksum = checksum;
            to.allowJoinInitialAddressPort = allowJoinInitialAddressPort;
            to.addAddrTimeoutNs = addAddrTimeoutNs;
            to.addAddrV6PortDropTimestamps = addAddrV6PortDropTimestamps;
            to.closeTimeoutNs = closeTimeoutNs;
            to.synRetransBeforeTcpFallback = synRetransBeforeTcpFallback;
            to.blackholeTimeoutNs = blackholeTimeoutNs;
            to.staleLossCount = staleLossCount;
            to.liveness = liveness;
            to.scheduler = scheduler;
            to.pathManagers = pathManagers;
            to.linkEndpoints = linkEndpoints;
            to.packetSchedulers = packetSchedulers;
            to.knownPathManagers = knownPathManagers;
        });
    }
}
