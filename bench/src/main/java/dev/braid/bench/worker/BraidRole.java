package dev.braid.bench.worker;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.stack.tcp.TcpState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;

/** Braid on a TUN, as the answering end and as one that sends, its applications on threads of their own. */
final class BraidRole implements Worker.Role {
    private static final int BACKLOG = 1024;
    private static final String THREADS_NAME = "braid";

    private final Tally tally = new Tally();
    private final Stack stack;

    BraidRole(Message description) throws IOException {
        String[] tuns = description.text("tun").split(",");
        String[] addresses = description.text("address").split(",");
        boolean mptcp = "mptcp".equals(description.values().get("protocol"));
        boolean prediction = description.flag("prediction");
        StackBuilder builder = Stack.builder();
        for (int i = 0; i < tuns.length; i++) {
            Link link = Link.tun(tuns[i]).address(addresses[i]);
            builder.link(description.flag("offloads") ? link : link.withoutOffloads());
        }
        stack = builder
                .name(THREADS_NAME)
                .threads(Threads.valueOf(description.text("threads").toUpperCase(Locale.ROOT)))
                .config(CoreConfig.DEFAULT.plainTcp().withTcp(TcpConfig.with(tcp -> tcp.headerPrediction = prediction)))
                .protocol(mptcp ? StreamProtocol.MPTCP : StreamProtocol.TCP)
                .start();
        new Services(tally, description.flag("few") ? Services.FEW : Services.MANY)
                .start(port -> stack.listen(new InetSocketAddress(port), BACKLOG));
    }

    @Override
    public Message order(Message order) throws IOException {
        return switch (order.verb()) {
            case "send" -> Sending.run(stack.selectorProvider()::openSocketChannel, this::sample, order);
            case "move" -> Moving.run(stack.selectorProvider()::openSocketChannel, order);
            case "subflows" -> {
                int most = (int) order.number("most");
                stack.paths().limits(new Limits(most, most));
                yield Message.of("done");
            }
            case "sysctl" -> {
                stack.tunables().change(order.text("name"), order.text("value"));
                yield Message.of("done");
            }
            case "counters" -> counters();
            case "report" -> report(tally.order(order));
            default -> tally.order(order);
        };
    }

    private String sample() throws IOException {
        for (TcpInfo info : stack.connections()) {
            if (info.remotePort == Services.DISCARD && info.state != TcpState.TIME_WAIT) {
                return String.format(Locale.ROOT,
                        "%s %s %s cwnd:%d ssthresh:%d unacked:%d sacked:%d lost:%d retrans:%d/%d rtt:%.1f/%.1f minrtt:%.1f "
                                + "rto:%.0f backoff:%d acked:%d notsent:%d rwnd:%d pacing:%.1fMbit delivery:%.1fMbit "
                                + "sndbuf:%d rwnd_limited:%dms sndbuf_limited:%dms reordering:%d dsack:%d",
                        info.state, info.congestion, info.caState, info.cwndPackets(),
                        info.ssthresh == Long.MAX_VALUE ? -1 : info.ssthresh / Math.max(1, info.sndMss), info.unacked,
                        info.sacked, info.lost, info.retrans, info.totalRetrans, info.rttNs / 1e6, info.rttvarNs / 1e6,
                        info.minRttNs / 1e6, info.rtoNs / 1e6, info.backoff, info.bytesAcked, info.notsentBytes,
                        info.sndWnd, info.pacingRate * 8 / 1e6, info.deliveryRate * 8 / 1e6, info.sendBuffer,
                        info.rwndLimitedNs / 1_000_000, info.sndbufLimitedNs / 1_000_000, info.reordering,
                        info.dsackDups);
            }
        }
        return "";
    }

    /** All of TCP's, under the names nstat(8) has for the kernel's. */
    private Message counters() {
        var values = new LinkedHashMap<String, String>();
        stack.counters().forEach((name, value) -> {
            if (name.startsWith("Tcp") || name.startsWith("MPTcp")) {
                values.put(name, Long.toString(value));
            }
        });
        return new Message("counters", values);
    }

    private Message report(Message moved) {
        Counters counters = stack.counters();
        return moved.with("segments_in", counters.value("TcpInSegs"))
                .with("segments_out", counters.value("TcpOutSegs"))
                .with("predicted", counters.value("TcpExtTCPHPHits"))
                .with("retransmitted", counters.value("TcpRetransSegs"))
                .with("allocated", allocatedBytes());
    }

    /** Heap bytes that the stack's own threads have allocated since they began. */
    private static long allocatedBytes() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().startsWith(THREADS_NAME)) {
                bytes += Math.max(0, threads.getThreadAllocatedBytes(info.getThreadId()));
            }
        }
        return bytes;
    }

    @Override
    public void close() {
        stack.close();
    }
}
