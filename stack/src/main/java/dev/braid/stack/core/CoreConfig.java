package dev.braid.stack.core;

import dev.braid.stack.tcp.TcpConfig;

/**
 * The tunables of the core, named after the kernel's sysctls where one exists. Immutable; change a copy with the
 * {@code with…} methods.
 *
 * @param ipDefaultTtl time to live and hop limit of packets sent, 1..255 (net.ipv4.ip_default_ttl)
 * @param ipFragTimeNs how long an incomplete datagram is kept, nanoseconds (RFC 1122 section 3.3.2 recommends 60 to 120 s,
 *     RFC 8200 section 4.5 demands 60 s)
 * @param ipFragHighThresh most memory that incomplete datagrams may pin, bytes of true size (net.ipv4.ipfrag_high_thresh)
 * @param ipFragMaxDatagrams most incomplete datagrams at a time
 * @param ipFragMaxFragments most fragments of one datagram: what keeps a flood of tiny ones cheap (CVE-2018-5391)
 * @param icmpMsgsPerSec ICMP errors sent per second in the long run (net.ipv4.icmp_msgs_per_sec; RFC 4443 section 2.4 (f))
 * @param icmpMsgsBurst ICMP errors sent at once (net.ipv4.icmp_msgs_burst)
 * @param icmpEchoIgnoreAll leave echo requests unanswered (net.ipv4.icmp_echo_ignore_all)
 * @param minPmtu smallest path MTU that an ICMP message can set for IPv4, bytes (net.ipv4.route.min_pmtu)
 * @param mtuExpiresNs how long a path MTU learned from ICMP is believed, nanoseconds (net.ipv4.route.mtu_expires; RFC 1191
 *     section 6.3 and RFC 8201 section 4: 10 minutes)
 * @param maxPathMtus most destinations whose path MTU is remembered
 * @param tcp the tunables of TCP
 */
public record CoreConfig(
        int ipDefaultTtl,
        long ipFragTimeNs,
        int ipFragHighThresh,
        int ipFragMaxDatagrams,
        int ipFragMaxFragments,
        int icmpMsgsPerSec,
        int icmpMsgsBurst,
        boolean icmpEchoIgnoreAll,
        int minPmtu,
        long mtuExpiresNs,
        int maxPathMtus,
        TcpConfig tcp) {
    private static final long SECOND_NS = 1_000_000_000L;

    /** What a stack runs with unless told otherwise. */
    public static final CoreConfig DEFAULT = new CoreConfig(64, 60 * SECOND_NS, 4 << 20, 256, 128, 1000, 50, false, 552,
            600 * SECOND_NS, 4096, TcpConfig.DEFAULT);

    /** @throws IllegalArgumentException when a value is outside its range, naming it */
    public CoreConfig {
        requireRange("ipDefaultTtl", ipDefaultTtl, 1, 255);
        requireRange("ipFragTimeNs", ipFragTimeNs, 1, Long.MAX_VALUE / 2);
        requireRange("ipFragHighThresh", ipFragHighThresh, 1 << 17, Integer.MAX_VALUE);
        requireRange("ipFragMaxDatagrams", ipFragMaxDatagrams, 1, 1 << 16);
        requireRange("ipFragMaxFragments", ipFragMaxFragments, 2, 8192);
        requireRange("icmpMsgsPerSec", icmpMsgsPerSec, 0, 1_000_000);
        requireRange("icmpMsgsBurst", icmpMsgsBurst, 0, 1_000_000);
        requireRange("minPmtu", minPmtu, 68, 65_535);
        requireRange("mtuExpiresNs", mtuExpiresNs, 1, Long.MAX_VALUE / 2);
        requireRange("maxPathMtus", maxPathMtus, 1, 1 << 20);
    }

    /** A copy with other limits for reassembly. */
    public CoreConfig withFragments(long timeNs, int highThresh, int maxDatagrams, int maxFragments) {
        return new CoreConfig(
                ipDefaultTtl,
                timeNs,
                highThresh,
                maxDatagrams,
                maxFragments,
                icmpMsgsPerSec,
                icmpMsgsBurst,
                icmpEchoIgnoreAll,
                minPmtu,
                mtuExpiresNs,
                maxPathMtus,
                tcp);
    }

    /** A copy with another limit for ICMP errors. */
    public CoreConfig withIcmpErrors(int perSecond, int burst) {
        return new CoreConfig(
                ipDefaultTtl,
                ipFragTimeNs,
                ipFragHighThresh,
                ipFragMaxDatagrams,
                ipFragMaxFragments,
                perSecond,
                burst,
                icmpEchoIgnoreAll,
                minPmtu,
                mtuExpiresNs,
                maxPathMtus,
                tcp);
    }

    /** A copy that leaves echo requests unanswered or answers them. */
    public CoreConfig withEchoIgnored(boolean ignored) {
        return new CoreConfig(
                ipDefaultTtl,
                ipFragTimeNs,
                ipFragHighThresh,
                ipFragMaxDatagrams,
                ipFragMaxFragments,
                icmpMsgsPerSec,
                icmpMsgsBurst,
                ignored,
                minPmtu,
                mtuExpiresNs,
                maxPathMtus,
                tcp);
    }

    /** A copy that remembers path MTUs otherwise. */
    public CoreConfig withPathMtus(int floor, long expiresNs, int destinations) {
        return new CoreConfig(
                ipDefaultTtl,
                ipFragTimeNs,
                ipFragHighThresh,
                ipFragMaxDatagrams,
                ipFragMaxFragments,
                icmpMsgsPerSec,
                icmpMsgsBurst,
                icmpEchoIgnoreAll,
                floor,
                expiresNs,
                destinations,
                tcp);
    }

    /** A copy with other tunables for TCP. */
    public CoreConfig withTcp(TcpConfig other) {
        return new CoreConfig(
                ipDefaultTtl,
                ipFragTimeNs,
                ipFragHighThresh,
                ipFragMaxDatagrams,
                ipFragMaxFragments,
                icmpMsgsPerSec,
                icmpMsgsBurst,
                icmpEchoIgnoreAll,
                minPmtu,
                mtuExpiresNs,
                maxPathMtus,
                other);
    }

    private static void requireRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ", not " + value);
        }
    }
}
