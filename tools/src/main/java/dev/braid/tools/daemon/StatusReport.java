package dev.braid.tools.daemon;

import dev.braid.stack.Stack;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.tools.config.ConfigValues;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Goals;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tools.names.Resolver;
import dev.braid.tools.proxy.OpenConnection;
import dev.braid.tools.proxy.ProxyServer;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** What {@code braid status} shows, with the keys of {@code --json}. Any thread. */
final class StatusReport {
    private final Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Stack stack;
    private final Links links;
    private final Goals goals;
    private final Resolver names;
    private final ProxyServer proxy;
    private final RateMeter rates;
    private final IntPredicate strips;

    /** @param strips whether Multipath TCP is stripped on the link of that index */
    StatusReport(Stack stack, Links links, Goals goals, Resolver names, ProxyServer proxy, RateMeter rates,
            IntPredicate strips) {
        this.stack = stack;
        this.links = links;
        this.goals = goals;
        this.names = names;
        this.proxy = proxy;
        this.rates = rates;
        this.strips = strips;
    }

    /** This moment's report. */
    Map<String, Object> report(HostConfig config) throws IOException {
        var report = new LinkedHashMap<String, Object>();
        report.put("daemon",
                Map.of("version", version(), "pid", ProcessHandle.current().pid(), "since", since.toString()));
        report.put("goal", goals.of("", 0).goal().word());
        report.put("goals", goals.rules());
        List<OpenConnection> open = proxy.connections().all();
        report.put("name_servers", names.servers().stream().map(ConfigValues::text).toList());
        List<LinkView> views = links.all();
        List<MptcpInfo> multipath = open.isEmpty() ? List.of() : stack.multipathConnections();
        report.put("links", links(views, open, multipath));
        var connections = new ConnectionReports(views, multipath);
        report.put("connections", open.stream().map(connections::of).toList());
        report.put("proxy", Map.of("listen", proxy.addresses().stream().map(ConfigValues::text).toList(),
                "connections", open.size(), "limit", config.proxy().clients()));
        return report;
    }

    private static String version() {
        String version = StatusReport.class.getPackage().getImplementationVersion();
        return version == null ? "built from sources" : version;
    }

    private List<Map<String, Object>> links(List<LinkView> views, List<OpenConnection> open, List<MptcpInfo> multipath)
            throws IOException {
        List<TcpInfo> connections = stack.connections();
        var reports = new ArrayList<Map<String, Object>>();
        rates.sample(views, System.nanoTime());
        for (LinkView link : views) {
            var report = new LinkedHashMap<String, Object>();
            report.put("name", link.nic());
            report.put("tun", link.tun());
            report.put("role", link.role().word());
            report.put("role_by", link.roleBy());
            OverflowUse use = OverflowUse.of(link, multipath);
            report.put("use", use.use().name().toLowerCase(Locale.ROOT));
            report.put("usable", link.use().usable());
            report.put("why", why(link, use));
            report.put("mptcp_stripped", strips.test(link.index()));
            report.put("metered", link.metered());
            report.put("ipv4", link.v4() != null);
            report.put("ipv6", link.v6() != null);
            report.put("mtu", link.mtu());
            report.put("addresses", texts(link.addresses()));
            report.put("gateways", texts(link.gateways()));
            report.put("networks", texts(link.networks()));
            rates.report(link, report);
            PathHealth.of(link, connections).report(report);
            report.put("connections", open.stream().filter(one -> one.connected().link() == link.index()).count());
            reports.add(report);
        }
        return reports;
    }

    private static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private String why(LinkView link, OverflowUse use) {
        return (use.why().isEmpty() ? link.use().sentence() : use.why())
                + (link.detail().isEmpty() ? "" : ": " + link.detail())
                + (strips.test(link.index()) ? "; something on this way strips Multipath TCP" : "");
    }
}
