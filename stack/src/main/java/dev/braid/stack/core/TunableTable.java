package dev.braid.stack.core;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which names there are, their units and their ranges. */
final class TunableTable {
    /** By name, in alphabetical order. */
    static final Map<String, Setting> BY_NAME = byName();

    private static final long SECOND = 1_000_000_000L;
    private static final long MS = 1_000_000L;
    private static final long US = 1_000L;
    /** What a window can name with the greatest shift (RFC 7323 section 2.3). */
    private static final int MAX_BUFFER = 1 << 30;
    private static final long PAGE = 4096;
    private static final long MAX_PAGES = 1L << 32;

    private TunableTable() {}

    private static Map<String, Setting> byName() {
        var all = new TreeMap<String, Setting>();
        for (List<? extends Setting> part : List.of(CongestionSettings.all(), options(), buffers(), patience(),
                limits(), ip(), MptcpTunables.all(), ours())) {
            for (Setting tunable : part) {
                all.put(tunable.name(), tunable);
            }
        }
        return all;
    }

    private static List<Tunable> options() {
        return List.of(
                // 2 (no offset of its own for each connection) is taken and means 1.
                Tunable.number("net.ipv4.tcp_timestamps", 1, 0, 2, c -> bit(c.tcp.timestamps),
                        (c, v) -> c.tcp.timestamps = v != 0),
                flag("net.ipv4.tcp_sack", c -> bit(c.tcp.sack), (c, v) -> c.tcp.sack = v != 0),
                flag("net.ipv4.tcp_dsack", c -> bit(c.tcp.dsack), (c, v) -> c.tcp.dsack = v != 0),
                Tunable.number("net.ipv4.tcp_recovery", 1, 0, 7, c -> c.tcp.recovery,
                        (c, v) -> c.tcp.recovery = (int) v),
                Tunable.number("net.ipv4.tcp_early_retrans", 1, 0, 4, c -> c.tcp.earlyRetrans,
                        (c, v) -> c.tcp.earlyRetrans = (int) v),
                Tunable.number("net.ipv4.tcp_reordering", 1, 1, 1_000_000, c -> c.tcp.reordering,
                        (c, v) -> c.tcp.reordering = (int) v),
                Tunable.number("net.ipv4.tcp_max_reordering", 1, 1, 1_000_000, c -> c.tcp.maxReordering,
                        (c, v) -> c.tcp.maxReordering = (int) v),
                // 1 and 2 were different once, and mean the same.
                Tunable.number("net.ipv4.tcp_frto", 1, 0, 2, c -> c.tcp.frto, (c, v) -> c.tcp.frto = (int) v),
                flag("net.ipv4.tcp_window_scaling", c -> bit(c.tcp.windowScaling),
                        (c, v) -> c.tcp.windowScaling = v != 0),
                Tunable.number("net.ipv4.tcp_ecn", 1, 0, 2, c -> c.tcp.ecn, (c, v) -> c.tcp.ecn = (int) v),
                flag("net.ipv4.tcp_ecn_fallback", c -> bit(c.tcp.ecnFallback),
                        (c, v) -> c.tcp.ecnFallback = v != 0),
                Tunable.number("net.ipv4.tcp_tso_win_divisor", 1, 1, 1_000, c -> c.tcp.tsoWinDivisor,
                        (c, v) -> c.tcp.tsoWinDivisor = (int) v),
                Tunable.number("net.ipv4.tcp_min_tso_segs", 1, 1, 64, c -> c.tcp.minTsoSegs,
                        (c, v) -> c.tcp.minTsoSegs = (int) v),
                flag("net.ipv4.tcp_slow_start_after_idle", c -> bit(c.tcp.slowStartAfterIdle),
                        (c, v) -> c.tcp.slowStartAfterIdle = v != 0),
                Tunable.number("net.ipv4.tcp_min_snd_mss", 1, 48, 65_535, c -> c.tcp.minMss,
                        (c, v) -> c.tcp.minMss = (int) v));
    }

    private static List<Tunable> buffers() {
        return List.of(
                new Tunable("net.ipv4.tcp_rmem", List.of(
                        bytes(c -> c.tcp.minReceiveBuffer, (c, v) -> c.tcp.minReceiveBuffer = (int) v),
                        bytes(c -> c.tcp.receiveBuffer, (c, v) -> c.tcp.receiveBuffer = (int) v),
                        bytes(c -> c.tcp.maxReceiveBuffer, (c, v) -> c.tcp.maxReceiveBuffer = (int) v))),
                new Tunable("net.ipv4.tcp_wmem", List.of(
                        bytes(c -> c.tcp.minSendBuffer, (c, v) -> c.tcp.minSendBuffer = (int) v),
                        bytes(c -> c.tcp.sendBuffer, (c, v) -> c.tcp.sendBuffer = (int) v),
                        bytes(c -> c.tcp.maxSendBuffer, (c, v) -> c.tcp.maxSendBuffer = (int) v))),
                new Tunable("net.ipv4.tcp_mem", List.of(
                        pages(c -> c.tcp.memLow, (c, v) -> c.tcp.memLow = v),
                        pages(c -> c.tcp.memPressure, (c, v) -> c.tcp.memPressure = v),
                        pages(c -> c.tcp.memMax, (c, v) -> c.tcp.memMax = v))),
                flag("net.ipv4.tcp_moderate_rcvbuf", c -> bit(c.tcp.moderateReceiveBuffer),
                        (c, v) -> c.tcp.moderateReceiveBuffer = v != 0),
                Tunable.number("net.ipv4.tcp_notsent_lowat", 1, 1, 0xffff_ffffL, c -> c.tcp.notSentLowWater,
                        (c, v) -> c.tcp.notSentLowWater = v));
    }

    private static Tunable.Field bytes(Tunable.Read read, Tunable.Write write) {
        return new Tunable.Field(1, 1, MAX_BUFFER, read, write);
    }

    private static Tunable.Field pages(Tunable.Read read, Tunable.Write write) {
        return new Tunable.Field(PAGE, 1, MAX_PAGES, read, write);
    }

    private static List<Tunable> patience() {
        return List.of(
                Tunable.number("net.ipv4.tcp_syn_retries", 1, 1, 127, c -> c.tcp.synRetries,
                        (c, v) -> c.tcp.synRetries = (int) v),
                Tunable.number("net.ipv4.tcp_synack_retries", 1, 0, 255, c -> c.tcp.synAckRetries,
                        (c, v) -> c.tcp.synAckRetries = (int) v),
                Tunable.number("net.ipv4.tcp_retries2", 1, 0, 255, c -> c.tcp.retries,
                        (c, v) -> c.tcp.retries = (int) v),
                Tunable.number("net.ipv4.tcp_orphan_retries", 1, 0, 255, c -> c.tcp.orphanRetries,
                        (c, v) -> c.tcp.orphanRetries = (int) v),
                Tunable.number("net.ipv4.tcp_fin_timeout", SECOND, 0, 86_400, c -> c.tcp.finWait2Ns,
                        (c, v) -> c.tcp.finWait2Ns = v),
                Tunable.number("net.ipv4.tcp_keepalive_time", SECOND, 1, 32_767, c -> c.tcp.keepIdleNs,
                        (c, v) -> c.tcp.keepIdleNs = v),
                Tunable.number("net.ipv4.tcp_keepalive_intvl", SECOND, 1, 32_767, c -> c.tcp.keepIntervalNs,
                        (c, v) -> c.tcp.keepIntervalNs = v),
                Tunable.number("net.ipv4.tcp_keepalive_probes", 1, 1, 127, c -> c.tcp.keepCount,
                        (c, v) -> c.tcp.keepCount = (int) v),
                Tunable.number("net.ipv4.tcp_rto_min_us", US, 1, 1_000_000, c -> c.tcp.minRtoNs,
                        (c, v) -> c.tcp.minRtoNs = v),
                Tunable.number("net.ipv4.tcp_rto_max_ms", MS, 1_000, 120_000, c -> c.tcp.maxRtoNs,
                        (c, v) -> c.tcp.maxRtoNs = v));
    }

    private static List<Tunable> limits() {
        return List.of(
                // 2 (cookies always) is more than there is here.
                flag("net.ipv4.tcp_syncookies", c -> bit(c.tcp.synCookies), (c, v) -> c.tcp.synCookies = v != 0),
                Tunable.number("net.ipv4.tcp_max_syn_backlog", 1, 0, 1 << 20, c -> c.tcp.maxSynBacklog,
                        (c, v) -> c.tcp.maxSynBacklog = (int) v),
                Tunable.number("net.core.somaxconn", 1, 1, 1 << 20, c -> c.tcp.maxBacklog,
                        (c, v) -> c.tcp.maxBacklog = (int) v),
                Tunable.number("net.ipv4.tcp_max_tw_buckets", 1, 1, 1 << 22, c -> c.tcp.maxTimeWait,
                        (c, v) -> c.tcp.maxTimeWait = (int) v),
                new Tunable("net.ipv4.ip_local_port_range", List.of(
                        new Tunable.Field(1, 1, 65_535, c -> c.tcp.firstPort, (c, v) -> c.tcp.firstPort = (int) v),
                        new Tunable.Field(1, 1, 65_535, c -> c.tcp.lastPort, (c, v) -> c.tcp.lastPort = (int) v))));
    }

    private static List<Tunable> ip() {
        return List.of(
                Tunable.number("net.ipv4.ip_default_ttl", 1, 1, 255, c -> c.ipDefaultTtl,
                        (c, v) -> c.ipDefaultTtl = (int) v),
                Tunable.number("net.ipv4.ipfrag_time", SECOND, 1, 3_600, c -> c.ipFragTimeNs,
                        (c, v) -> c.ipFragTimeNs = v),
                Tunable.number("net.ipv4.ipfrag_high_thresh", 1, 1 << 17, Integer.MAX_VALUE, c -> c.ipFragHighThresh,
                        (c, v) -> c.ipFragHighThresh = (int) v),
                Tunable.number("net.ipv4.icmp_msgs_per_sec", 1, 0, 1_000_000, c -> c.icmpMsgsPerSec,
                        (c, v) -> c.icmpMsgsPerSec = (int) v),
                Tunable.number("net.ipv4.icmp_msgs_burst", 1, 0, 1_000_000, c -> c.icmpMsgsBurst,
                        (c, v) -> c.icmpMsgsBurst = (int) v),
                flag("net.ipv4.icmp_echo_ignore_all", c -> bit(c.icmpEchoIgnoreAll),
                        (c, v) -> c.icmpEchoIgnoreAll = v != 0),
                Tunable.number("net.core.rmem_default", 1, 2_304, MAX_BUFFER, c -> c.udpReceiveBuffer,
                        (c, v) -> c.udpReceiveBuffer = (int) v),
                Tunable.number("net.ipv4.route.min_pmtu", 1, 68, 65_535, c -> c.minPmtu, (c, v) -> c.minPmtu = (int) v),
                Tunable.number("net.ipv4.route.mtu_expires", SECOND, 1, 1_000_000, c -> c.mtuExpiresNs,
                        (c, v) -> c.mtuExpiresNs = v));
    }

    private static List<Tunable> ours() {
        return List.of(
                flag("net.braid.tcp_header_prediction", c -> bit(c.tcp.headerPrediction),
                        (c, v) -> c.tcp.headerPrediction = v != 0),
                flag("net.braid.tcp_trace_decisions", c -> bit(c.tcp.traceDecisions),
                        (c, v) -> c.tcp.traceDecisions = v != 0),
                flag("net.braid.tcp_pacing", c -> bit(c.tcp.pacing), (c, v) -> c.tcp.pacing = v != 0),
                Tunable.number("net.braid.tcp_time_wait_ms", MS, 0, 600_000, c -> c.tcp.timeWaitNs,
                        (c, v) -> c.tcp.timeWaitNs = v),
                Tunable.number("net.braid.tcp_delayed_ack_us", US, 1, 499_999, c -> c.tcp.delayedAckNs,
                        (c, v) -> c.tcp.delayedAckNs = v),
                Tunable.number("net.braid.tcp_quick_acks", 1, 0, 65_535, c -> c.tcp.quickAcks,
                        (c, v) -> c.tcp.quickAcks = (int) v),
                Tunable.number("net.braid.tcp_cork_ms", MS, 1, 60_000, c -> c.tcp.corkNs, (c, v) -> c.tcp.corkNs = v),
                Tunable.number("net.braid.tcp_rto_initial_ms", MS, 1, 120_000, c -> c.tcp.initialRtoNs,
                        (c, v) -> c.tcp.initialRtoNs = v),
                Tunable.number("net.braid.tcp_max_sent_records", 1, 16, 1 << 20, c -> c.tcp.maxSentRecords,
                        (c, v) -> c.tcp.maxSentRecords = (int) v),
                Tunable.number("net.braid.ipfrag_max_datagrams", 1, 1, 1 << 16, c -> c.ipFragMaxDatagrams,
                        (c, v) -> c.ipFragMaxDatagrams = (int) v),
                Tunable.number("net.braid.ipfrag_max_fragments", 1, 2, 8_192, c -> c.ipFragMaxFragments,
                        (c, v) -> c.ipFragMaxFragments = (int) v),
                Tunable.number("net.braid.route_max_path_mtus", 1, 1, 1 << 20, c -> c.maxPathMtus,
                        (c, v) -> c.maxPathMtus = (int) v));
    }

    private static Tunable flag(String name, Tunable.Read read, Tunable.Write write) {
        return Tunable.number(name, 1, 0, 1, read, write);
    }

    private static long bit(boolean value) {
        return value ? 1 : 0;
    }
}
