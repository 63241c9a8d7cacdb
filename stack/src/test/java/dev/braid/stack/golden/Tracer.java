package dev.braid.stack.golden;

import dev.braid.stack.tcp.TcpInfo;
import java.io.PrintStream;
import java.util.Locale;

/** Prints how a flow's sender sees the world while it runs. */
final class Tracer {
    /** Prints nothing. */
    static final Tracer NONE = new Tracer(null, Long.MAX_VALUE);

    private final PrintStream out;
    private final long everyNs;
    private long startNs = -1;

    /**
     * @param everyNs between two lines
     */
    Tracer(PrintStream out, long everyNs) {
        this.out = out;
        this.everyNs = everyNs;
    }

    /** Runs the lab to {@code momentNs}, looking at the flow on the way. */
    void follow(Lab lab, BulkFlow flow, long momentNs) {
        if (out == null) {
            lab.runUntil(momentNs);
            return;
        }
        if (startNs < 0) {
            startNs = lab.clock.nowNs();
            out.println(
                    "    time_s   read_MB     cwnd ssthresh   flight   sacked     lost    state  srtt_ms   rto_ms  retrans rtos    pace drops");
        }
        while (lab.clock.nowNs() < momentNs) {
            lab.runUntil(Math.min(momentNs, lab.clock.nowNs() + everyNs));
            print(lab, flow);
        }
    }

    /** Prints what both hosts counted. */
    void end(Lab lab) {
        if (out != null) {
            lab.clientCounters.forEach((name, value) -> print("sender  ", name, value));
            lab.serverCounters.forEach((name, value) -> print("receiver", name, value));
        }
    }

    private void print(String host, String name, long value) {
        if (value != 0) {
            out.println(host + ' ' + name + ' ' + value);
        }
    }

    private void print(Lab lab, BulkFlow flow) {
        long now = lab.clock.nowNs();
        TcpInfo info = flow.sender.tcb().info(now);
        int mss = Math.max(1, info.sndMss);
        out.println(String.format(
                Locale.ROOT,
                "%10.4f %9.3f %8d %8d %8d %8d %8d %8s %8.2f %8.1f %8d %4d %7.2f %5d",
                (now - startNs) / 1e9,
                flow.readBytes / 1e6,
                info.cwnd / mss,
                Math.min(info.ssthresh / mss, 99_999_999L),
                info.unacked,
                info.sacked,
                info.lost,
                info.caState,
                info.rttNs / 1e6,
                info.rtoNs / 1e6,
                info.totalRetrans,
                info.totalRto,
                info.pacingRate * 8e-6,
                lab.queue.dropped()));
    }
}
