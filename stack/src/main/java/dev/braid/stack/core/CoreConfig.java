package dev.braid.stack.core;

import dev.braid.stack.mptcp.MptcpConfig;
import dev.braid.stack.tcp.TcpConfig;
import java.util.function.Consumer;

/**
 * The tunables of the core, named after the kernel's sysctls where one exists; bytes and nanoseconds. Made by {@link #with}. A core
 * works with a copy of its own, which it reads whenever a value matters and {@link Tunables} changes while it runs.
 */
public final class CoreConfig {
    private static final long SECOND_NS = 1_000_000_000L;

    /** What a stack runs with unless told otherwise; not to be changed. */
    public static final CoreConfig DEFAULT = new CoreConfig();

    /** Time to live and hop limit of packets sent, 1..255 (net.ipv4.ip_default_ttl). */
    public int ipDefaultTtl = 64;
    /**
     * How long an incomplete datagram is kept, nanoseconds (net.ipv4.ipfrag_time; RFC 1122 section 3.3.2 recommends 60 to
     * 120 s, RFC 8200 section 4.5 demands 60 s).
     */
    public long ipFragTimeNs = 60 * SECOND_NS;
    /** Most memory that incomplete datagrams may pin, bytes of true size (net.ipv4.ipfrag_high_thresh). */
    public int ipFragHighThresh = 4 << 20;
    /** Most incomplete datagrams at a time. */
    public int ipFragMaxDatagrams = 256;
    /** Most fragments of one datagram: what keeps a flood of tiny ones cheap (CVE-2018-5391). */
    public int ipFragMaxFragments = 128;
    /** ICMP errors sent per second in the long run (net.ipv4.icmp_msgs_per_sec; RFC 4443 section 2.4 (f)). */
    public int icmpMsgsPerSec = 1000;
    /** ICMP errors sent at once (net.ipv4.icmp_msgs_burst). */
    public int icmpMsgsBurst = 50;
    /** Leave echo requests unanswered (net.ipv4.icmp_echo_ignore_all). */
    public boolean icmpEchoIgnoreAll;
    /** Smallest path MTU that an ICMP message can set for IPv4, bytes (net.ipv4.route.min_pmtu). */
    public int minPmtu = 552;
    /**
     * How long a path MTU learned from ICMP is believed, nanoseconds (net.ipv4.route.mtu_expires; RFC 1191 section 6.3 and
     * RFC 8201 section 4: 10 minutes).
     */
    public long mtuExpiresNs = 600 * SECOND_NS;
    /** Most destinations whose path MTU is remembered. */
    public int maxPathMtus = 4096;
    /** Memory that datagrams waiting at one socket may pin, bytes of true size (net.core.rmem_default). */
    public int udpReceiveBuffer = 212_992;
    /** The tunables of TCP. */
    public final TcpConfig tcp;
    /** The tunables of Multipath TCP. */
    public final MptcpConfig mptcp;

    private CoreConfig() {
        tcp = TcpConfig.with(unchanged -> {});
        mptcp = MptcpConfig.with(unchanged -> {});
    }

    private CoreConfig(CoreConfig from, TcpConfig tcp) {
        this.tcp = tcp;
        mptcp = from.mptcp.copy();
        ipDefaultTtl = from.ipDefaultTtl;
        ipFragTimeNs = from.ipFragTimeNs;
        ipFragHighThresh = from.ipFragHighThresh;
        ipFragMaxDatagrams = from.ipFragMaxDatagrams;
        ipFragMaxFragments = from.ipFragMaxFragments;
        icmpMsgsPerSec = from.icmpMsgsPerSec;
        icmpMsgsBurst = from.icmpMsgsBurst;
        icmpEchoIgnoreAll = from.icmpEchoIgnoreAll;
        minPmtu = from.minPmtu;
        mtuExpiresNs = from.mtuExpiresNs;
        maxPathMtus = from.maxPathMtus;
        udpReceiveBuffer = from.udpReceiveBuffer;
    }

    /**
     * The defaults, changed.
     *
     * @throws IllegalArgumentException when a value is outside its range, naming it
     */
    public static CoreConfig with(Consumer<CoreConfig> change) {
        CoreConfig config = new CoreConfig();
        change.accept(config);
        new Tunables(config).requireInRange();
        return config;
    }

    /** A copy with other tunables for TCP. */
    public CoreConfig withTcp(TcpConfig other) {
        return new CoreConfig(this, other.copy());
    }

    /**
     * A copy with one tunable changed.
     *
     * @param name the kernel's sysctl name, or ours
     * @param text as {@code sysctl} takes it
     * @throws IllegalArgumentException for an unknown name or a wrong value, with one line that says which
     */
    public CoreConfig withTunable(String name, String text) {
        CoreConfig changed = copy();
        new Tunables(changed).set(name, text);
        return changed;
    }

    /** A copy with which sockets speak plain TCP that choose nothing else. */
    public CoreConfig plainTcp() {
        CoreConfig changed = copy();
        changed.mptcp.enabled = false;
        return changed;
    }

    /** A copy that shares nothing. */
    public CoreConfig copy() {
        return new CoreConfig(this, tcp.copy());
    }
}
