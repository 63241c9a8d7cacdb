package dev.braid.stack.congestion;

/** What a congestion control tells of itself: the members of Linux's {@code union tcp_cc_info}. */
public sealed interface CongestionInfo {
    /**
     * Delay-based controls, and CUBIC's slow start (Linux's {@code struct tcpvegas_info}).
     *
     * @param enabled whether it works
     * @param rounds round-trip times measured
     * @param rttUs the latest, in microseconds
     * @param minRttUs the smallest, in microseconds
     */
    record Vegas(boolean enabled, int rounds, int rttUs, int minRttUs) implements CongestionInfo {}

    /**
     * DCTCP (Linux's {@code struct tcp_dctcp_info}).
     *
     * @param enabled ECN was agreed on: without, it behaves like NewReno
     * @param ceState the latest packet received was marked
     * @param alpha the fraction of marked bytes, 1024 = all
     * @param markedBytes bytes acknowledged with ECE in the present window
     * @param totalBytes all bytes acknowledged in it
     */
    record Dctcp(boolean enabled, boolean ceState, int alpha, long markedBytes,
            long totalBytes) implements CongestionInfo {}

    /**
     * BBR (Linux's {@code struct tcp_bbr_info}).
     *
     * @param bandwidth estimated, in bytes per second
     * @param minRttUs in microseconds
     * @param pacingGain 256 = 1
     * @param cwndGain 256 = 1
     */
    record Bbr(long bandwidth, int minRttUs, int pacingGain, int cwndGain) implements CongestionInfo {}
}
