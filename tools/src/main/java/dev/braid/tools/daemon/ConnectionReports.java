package dev.braid.tools.daemon;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.mptcp.SubflowInfo;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.proxy.OpenConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code braid status} shows of the connections that are carried, at one moment: where each goes, as what, and over which links. */
final class ConnectionReports {
    private static final double NS_PER_S = 1e9;

    private final Map<Integer, String> links = new HashMap<>();
    private final Map<String, MptcpInfo> multipath = new HashMap<>();

    /** @param multipath those of the stack that are or were Multipath TCP */
    ConnectionReports(List<LinkView> links, List<MptcpInfo> multipath) {
        links.forEach(link -> this.links.put(link.index(), link.nic()));
        for (MptcpInfo info : multipath) {
            this.multipath.put(
                    key(info.local + " " + info.localPort, info.remote + " " + info.remotePort), info);
        }
    }

    private static String key(String local, String remote) {
        return local + " " + remote;
    }

    /** One connection. */
    Map<String, Object> of(OpenConnection open) {
        MptcpInfo info = find(open.connected().channel());
        var report = new LinkedHashMap<String, Object>();
        report.put("id", open.id());
        report.put("client", open.target().client());
        report.put("to", open.target().toString());
        report.put("link", name(open.connected().link()));
        report.put("protocol",
                open.connected().link() < 0 ? "kernel" : info == null || info.fallback ? "tcp" : "mptcp");
        report.put("fallback", info == null ? "" : info.fallbackReason);
        report.put("how", open.connected().how());
        report.put("subflows", info == null ? List.of() : subflows(info));
        report.put("rx_bytes", open.bytesDown());
        report.put("tx_bytes", open.bytesUp());
        report.put("seconds", Math.round((System.nanoTime() - open.sinceNs()) / NS_PER_S * 10) / 10.0);
        return report;
    }

    private String name(int link) {
        return links.getOrDefault(link, "");
    }

    private List<Map<String, Object>> subflows(MptcpInfo info) {
        var reports = new ArrayList<Map<String, Object>>();
        for (SubflowInfo subflow : info.subflowInfos) {
            var report = new LinkedHashMap<String, Object>();
            report.put("link", name(subflow.link));
            report.put("rtt_ms", subflow.tcp.rttNs == 0 ? null : Math.round(subflow.tcp.rttNs / 1e4) / 100.0);
            report.put("backup", (subflow.flags & (SubflowInfo.FLAG_BKUP_LOC | SubflowInfo.FLAG_BKUP_REM)) != 0);
            report.put("stale", subflow.stale);
            report.put("rx_bytes", subflow.tcp.bytesReceived);
            report.put("tx_bytes", subflow.tcp.bytesSent);
            reports.add(report);
        }
        return reports;
    }

    private @Nullable MptcpInfo find(SocketChannel channel) {
        try {
            String local = text(channel.getLocalAddress());
            String remote = text(channel.getRemoteAddress());
            return local == null || remote == null ? null : multipath.get(key(local, remote));
        } catch (IOException e) {
            return null; // it has just ended
        }
    }

    private static @Nullable String text(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress socket)) {
            return null;
        }
        return IpAddress.ofBytes(socket.getAddress().getAddress()) + " " + socket.getPort();
    }
}
