package dev.braid.stack.golden;

import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.SubflowInfo;
import dev.braid.stack.tcp.TcpInfo;
import java.util.Locale;

/**
 * Runs one transfer of the aggregation table and shows what its sender saw: {@code FIRST_MBIT SECOND_MBIT FIRST_MS SECOND_MS down|up MS
 * first|second|both SCHEDULER [TRACE_EVERY_MS]}.
 */
public final class TwoLinkMain {
    private TwoLinkMain() {}

    /** Runs it. */
    public static void main(String[] args) {
        if (args.length < 8) {
            System.err
                    .println("usage: TwoLinkMain FIRST_MBIT SECOND_MBIT FIRST_MS SECOND_MS down|up MS first|second|both"
                            + " SCHEDULER [TRACE_EVERY_MS]");
            return;
        }
        var links = new TwoLinks(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]),
                Integer.parseInt(args[3]));
        boolean down = args[4].equals("down");
        boolean both = args[6].equals("both");
        long everyNs = args.length > 8 ? Long.parseLong(args[8]) * TwoLinkLab.MS : Long.MAX_VALUE;
        try (var lab = new TwoLinkLab(links, down, both, args[7])) {
            long[] next = {lab.clock.nowNs()};
            TimedTransfer[] running = new TimedTransfer[1];
            var transfer = lab.move(args[6].equals("second") ? 1 : 0, down, Long.parseLong(args[5]), running, () -> {
                if (everyNs != Long.MAX_VALUE && lab.clock.nowNs() >= next[0]) {
                    next[0] += everyNs;
                    print(lab, running[0]);
                }
            });
            print(lab, transfer);
            lab.clientCounters.forEach((name, value) -> count("client", name, value));
            lab.serverCounters.forEach((name, value) -> count("server", name, value));
            System.out.println(String.format(Locale.ROOT, "%s %s %s: %.3f Mbit/s", links, args[4], args[6],
                    transfer.mbit()));
        }
    }

    private static void count(String host, String name, long value) {
        if (value != 0) {
            System.out.println(host + ' ' + name + ' ' + value);
        }
    }

    private static void print(TwoLinkLab lab, TimedTransfer transfer) {
        MptcpConnection sender = transfer.sender.connection;
        MptcpConnection receiver = transfer.receiver.connection;
        if (sender == null || receiver == null) {
            return;
        }
        long now = lab.clock.nowNs();
        var line = new StringBuilder(String.format(Locale.ROOT,
                "%8.4f written %8d read %8d queued %7d unacked %7d window %7d sndbuf %7d rcvbuf %7d",
                (now - transfer.startNs()) / 1e9, transfer.sender.written, transfer.receiver.read, sender.queued(),
                sender.unacknowledged(), sender.window(), sender.sendBufferSize(), receiver.receiveBufferSize()));
        for (SubflowInfo subflow : sender.multipathInfo(now).subflowInfos) {
            TcpInfo tcp = subflow.tcp;
            int mss = Math.max(1, tcp.sndMss);
            line.append(String.format(Locale.ROOT,
                    " | %d %-8s cwnd %3d/%3d flight %3d lost %2d sacked %3d srtt %6.1f retr %3d rto %d drops %3d",
                    subflow.number, tcp.caState, tcp.cwnd / mss, Math.min(9999, tcp.ssthresh / mss), tcp.unacked,
                    tcp.lost, tcp.sacked, tcp.rttNs / 1e6, tcp.totalRetrans, tcp.totalRto,
                    lab.queues[Math.min(1, subflow.number)].dropped()));
        }
        System.out.println(line);
    }
}
