package dev.braid.tools.ss;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;

/** What {@code ss} shows behind or below a connection: its memory, its timer, its TCP_INFO, each with a blank before it. */
final class InfoLine {
    private static final int USUAL_REORDERING = 3;
    /** {@code ss} shows no slow start threshold that is not below this many segments: none was set yet. */
    private static final long SHOWN_SSTHRESH = 0xffff;

    private static final double NS_PER_MS = 1e6;
    private static final long MS = 1_000_000L;

    private final Row row;
    private final boolean numeric;
    private final StringBuilder out = new StringBuilder();

    private InfoLine(Row row, boolean numeric) {
        this.row = row;
        this.numeric = numeric;
    }

    /** {@code skmem:(…)}: true sizes of what is queued, and the buffers that bound them. */
    static String memory(Row row) {
        return " skmem:(r" + row.number("receive_memory") + ",rb" + row.number("receive_buffer") + ",t0,tb"
                + row.number("send_buffer") + ",f0,w" + row.number("send_memory") + ",o0,bl0,d" + row.number("drops")
                + ")";
    }

    /** {@code timer:(NAME,TIME,RETRANSMISSIONS)}, or nothing when none runs. */
    static String timer(Row row) {
        String name = switch ((int) row.number("timer")) {
            case 1 -> "on";
            case 2 -> "keepalive";
            case 3 -> "timewait";
            case 4 -> "persist";
            default -> "";
        };
        if (name.isEmpty()) {
            return "";
        }
        long tries = name.equals("on") ? row.number("retransmits") : row.number("probes");
        return " timer:(" + name + "," + time(row.number("timer_ns") / MS) + "," + tries + ")";
    }

    private static String time(long ms) {
        long minutes = ms / 60_000;
        long seconds = ms / 1000 % 60;
        long rest = ms % 1000;
        var text = new StringBuilder();
        if (minutes > 0) {
            rest = 0;
            text.append(minutes).append("min");
            seconds = minutes > 9 ? 0 : seconds;
        }
        if (seconds > 0) {
            rest = seconds > 9 ? 0 : rest;
            text.append(seconds).append(rest > 0 ? "." : "sec");
        }
        if (rest > 0) {
            text.append(String.format(Locale.ROOT, "%03dms", rest));
        }
        return text.toString();
    }

    /**
     * TCP_INFO.
     *
     * @param options whether to begin with the options in use
     * @param numeric rates as plain numbers
     */
    static String tcp(Row row, boolean options, boolean numeric) {
        var line = new InfoLine(row, numeric);
        if (options) {
            line.word(row.flag("timestamps"), "ts").word(row.flag("sack"), "sack")
                    .word(row.flag("ecn"), "ecn").word(row.flag("ecn_seen"), "ecnseen");
        }
        line.path();
        line.counts();
        line.control();
        line.rates();
        line.limits();
        line.rest();
        return line.out.toString();
    }

    private void path() {
        word(true, row.text("congestion"));
        if (row.flag("window_scaling")) {
            word(true, "wscale:" + row.number("snd_wscale") + "," + row.number("rcv_wscale"));
        }
        number("rto:", row.number("rto_ns") / NS_PER_MS);
        value("backoff:", row.number("backoff"));
        if (row.number("rtt_ns") > 0) {
            word(true, "rtt:" + general(row.number("rtt_ns") / NS_PER_MS) + "/"
                    + general(row.number("rttvar_ns") / NS_PER_MS));
        }
        number("ato:", row.number("ato_ns") / NS_PER_MS);
        value("mss:", row.number("snd_mss"));
        value("pmtu:", row.number("pmtu"));
        value("rcvmss:", row.number("rcv_mss"));
        value("advmss:", row.number("adv_mss"));
        value("cwnd:", cwnd());
        long ssthresh = row.number("ssthresh") / mss();
        value("ssthresh:", ssthresh < SHOWN_SSTHRESH ? ssthresh : 0);
    }

    private void counts() {
        value("bytes_sent:", row.number("bytes_sent"));
        value("bytes_retrans:", row.number("bytes_retrans"));
        value("bytes_acked:", row.number("bytes_acked"));
        value("bytes_received:", row.number("bytes_received"));
        value("segs_out:", row.number("segs_out"));
        value("segs_in:", row.number("segs_in"));
        value("data_segs_out:", row.number("data_segs_out"));
        value("data_segs_in:", row.number("data_segs_in"));
    }

    /** What the congestion control tells of itself. */
    private void control() {
        Map<?, ?> told = row.object("congestion_info");
        if (told.containsKey("pacing_gain")) {
            word(true, "bbr:(bw:" + bits(Row.number(told, "bandwidth") * 8.0, numeric) + "bps,mrtt:"
                    + general(Row.number(told, "min_rtt_us") / 1e3) + ",pacing_gain:"
                    + general(Row.number(told, "pacing_gain") / 256.0) + ",cwnd_gain:"
                    + general(Row.number(told, "cwnd_gain") / 256.0) + ")");
        } else if (told.containsKey("alpha")) {
            boolean works = Boolean.TRUE.equals(told.get("enabled"));
            word(true, !works
                    ? "dctcp:fallback_mode"
                    : "dctcp:(ce_state:" + (Boolean.TRUE.equals(told.get("ce_state")) ? 1 : 0) + ",alpha:"
                            + Row.number(told, "alpha") + ",ab_ecn:" + Row.number(told, "marked_bytes") + ",ab_tot:"
                            + Row.number(told, "total_bytes") + ")");
        }
    }

    private void rates() {
        long rttNs = row.number("rtt_ns");
        if (rttNs > 0) {
            rate("send ", cwnd() * (double) mss() * 1e9 / rttNs);
        }
        value("lastsnd:", row.number("last_data_sent_ns") / MS);
        value("lastrcv:", row.number("last_data_recv_ns") / MS);
        value("lastack:", row.number("last_ack_recv_ns") / MS);
        rate("pacing_rate ", row.number("pacing_rate"));
        rate("delivery_rate ", row.number("delivery_rate"));
        value("delivered:", row.number("delivered"));
        value("delivered_ce:", row.number("delivered_ce"));
        word(row.flag("delivery_rate_app_limited"), "app_limited");
    }

    private void limits() {
        long busyNs = row.number("busy_ns");
        if (busyNs < MS) {
            return;
        }
        word(true, "busy:" + busyNs / MS + "ms");
        limited("rwnd_limited:", row.number("rwnd_limited_ns"), busyNs);
        limited("sndbuf_limited:", row.number("sndbuf_limited_ns"), busyNs);
    }

    private void limited(String name, long ns, long busyNs) {
        if (ns >= MS) {
            word(true, name + ns / MS + String.format(Locale.ROOT, "ms(%.1f%%)", 100.0 * ns / busyNs));
        }
    }

    private void rest() {
        value("unacked:", row.number("unacked"));
        long retrans = row.number("retrans");
        long total = row.number("total_retrans");
        word(retrans > 0 || total > 0, "retrans:" + retrans + "/" + total);
        value("lost:", row.number("lost"));
        value("sacked:", row.number("sacked"));
        value("dsack_dups:", row.number("dsack_dups"));
        long reordering = row.number("reordering");
        value("reordering:", reordering == USUAL_REORDERING ? 0 : reordering);
        value("reord_seen:", row.number("reord_seen"));
        number("rcv_rtt:", row.number("rcv_rtt_ns") / NS_PER_MS);
        value("rcv_space:", row.number("rcv_space"));
        value("rcv_ssthresh:", row.number("rcv_ssthresh"));
        value("notsent:", row.number("notsent_bytes"));
        number("minrtt:", row.number("min_rtt_ns") / NS_PER_MS);
        value("rcv_ooopack:", row.number("rcv_ooopack"));
        value("snd_wnd:", row.number("snd_wnd"));
    }

    private long mss() {
        return Math.max(1, row.number("snd_mss"));
    }

    private long cwnd() {
        return Math.max(1, row.number("cwnd") / mss());
    }

    private InfoLine word(boolean shown, String word) {
        if (shown) {
            out.append(' ').append(word);
        }
        return this;
    }

    private void value(String name, long value) {
        word(value != 0, name + value);
    }

    private void number(String name, double value) {
        word(value != 0, name + general(value));
    }

    private void rate(String name, double bytesPerSecond) {
        if (bytesPerSecond > 0) {
            word(true, name + bits(bytesPerSecond * 8, numeric) + "bps");
        }
    }

    /** Three digits and a prefix, or every digit. */
    static String bits(double value, boolean numeric) {
        if (numeric) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        String[] prefixes = {"", "k", "M", "G", "T", "P"};
        double rest = value;
        int prefix = 0;
        while (rest >= 999.5 && prefix < prefixes.length - 1) {
            rest /= 1000;
            prefix++;
        }
        return new BigDecimal(rest).round(new MathContext(3)).stripTrailingZeros().toPlainString() + prefixes[prefix];
    }

    /** At most six significant digits, microseconds at the finest, without zeros at the end: C's {@code %g} of a kernel's figure. */
    static String general(double value) {
        double micros = Math.round(value * 1000) / 1000.0;
        return new BigDecimal(micros).round(new MathContext(6)).stripTrailingZeros().toPlainString();
    }
}
