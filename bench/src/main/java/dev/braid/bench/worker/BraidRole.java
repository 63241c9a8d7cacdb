package dev.braid.bench.worker;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.tcp.TcpConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Braid on a TUN as the answering end, its applications on threads of their own. */
final class BraidRole implements Worker.Role {
    private static final int BACKLOG = 1024;
    private static final String THREADS_NAME = "braid";

    private final Tally tally = new Tally();
    private final Stack stack;

    BraidRole(Message description) throws IOException {
        Link link = Link.tun(description.text("tun")).address(description.text("address"));
        boolean prediction = description.flag("prediction");
        stack = Stack.builder()
                .name(THREADS_NAME)
                .link(description.flag("offloads") ? link : link.withoutOffloads())
                .threads(Threads.valueOf(description.text("threads").toUpperCase(Locale.ROOT)))
                .config(CoreConfig.DEFAULT.withTcp(TcpConfig.with(tcp -> tcp.headerPrediction = prediction)))
                .start();
        new Services(tally).start(port -> stack.listen(new InetSocketAddress(port), BACKLOG));
    }

    @Override
    public Message order(Message order) {
        Message answer = tally.order(order);
        if (!answer.verb().equals("report")) {
            return answer;
        }
        Counters counters = stack.counters();
        return answer.with("segments_in", counters.value("TcpInSegs"))
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
