package dev.braid.tools.config;

import dev.braid.tools.config.HostConfig.LinkConfig;
import java.util.Collection;
import java.util.Map;
import java.util.StringJoiner;

/** Writes a configuration as the file that {@link ConfigFile} reads, each key with its value and a word about it. */
public final class ConfigPrinter {
    private final StringBuilder out = new StringBuilder();

    private ConfigPrinter() {}

    /** The file; reading it gives an equal configuration. */
    public static String print(HostConfig config) {
        var printer = new ConfigPrinter();
        printer.all(config);
        return printer.out.toString();
    }

    private void all(HostConfig config) {
        remark("What several links are for: aggregate, latency, redundant or handover.");
        value("goal", quoted(config.goal().word()));
        section("goals",
                "Exceptions by destination: \"*.example.net\", \":22\", \"host:443\"; the most exact one counts.");
        config.goals().forEach((rule, goal) -> value(quoted(rule), quoted(goal.word())));
        links(config.links());
        section("proxy", "SOCKS5 and HTTP CONNECT on each of these; other than loopback addresses need users.");
        value("listen", list(config.proxy().listen().stream().map(ConfigValues::text).toList()));
        value("clients", config.proxy().clients());
        value("clients_each", config.proxy().clientsEach());
        value("idle_seconds", config.proxy().idleSeconds());
        section("proxy.users", "NAME = \"PASSWORD\"; nobody else may be able to read the file then.");
        pairs(config.proxy().users());
        section("dns", "Name servers; none = those of resolv.conf.");
        value("servers", list(config.dns().servers().stream().map(ConfigValues::text).toList()));
        section("bypass", "Served by the kernel, as attached networks and the routes of VPNs are anyway.");
        value("networks", list(config.bypass().networks().stream().map(Object::toString).toList()));
        value("names", list(config.bypass().names()));
        section("binding",
                "The first routing table and rule priority, what marks our routes, the stack's addresses. Read at the start only.");
        value("table", config.binding().table());
        value("protocol", config.binding().protocol());
        value("pool4", quoted(config.binding().pool4().toString()));
        value("pool6", quoted(config.binding().pool6().toString()));
        value("ipv6", quoted(config.binding().ipv6()));
        value("spare_links", config.binding().spareLinks());
        section("admin", "The group that may use the administration socket beside the daemon's user and root.");
        value("group", quoted(config.admin().group()));
        section("doctor", "HOST:PORT of a server that speaks Multipath TCP, to look for boxes that strip it.");
        value("server", quoted(config.doctor().server()));
        section("sysctl", "The stack's tunables, as braid sysctl -a lists them.");
        pairs(config.sysctl());
    }

    private void links(Collection<LinkConfig> links) {
        out.append('\n');
        remark("The links in order of preference, [link.NAME] each; none = every network interface with a default route.");
        remark("role: primary, overflow, backup or off; without it primary, or backup if metered. Without metered it is found out; mtu 0 = the interface's. Names are read at the start only.");
        for (LinkConfig link : links) {
            out.append("[link.").append(quoted(link.nic())).append("]\n");
            link.role().ifPresent(role -> value("role", quoted(role.word())));
            link.metered().ifPresent(metered -> value("metered", metered));
            if (link.mtu() != 0) {
                value("mtu", link.mtu());
            }
        }
    }

    private void section(String name, String about) {
        out.append('\n');
        remark(about);
        out.append('[').append(name).append("]\n");
    }

    private void remark(String text) {
        out.append("# ").append(text).append('\n');
    }

    private void pairs(Map<String, String> values) {
        values.forEach((key, value) -> value(quoted(key), quoted(value)));
    }

    private void value(String key, Object value) {
        out.append(key).append(" = ").append(value).append('\n');
    }

    private static String list(Collection<String> values) {
        var joined = new StringJoiner(", ", "[", "]");
        values.forEach(value -> joined.add(quoted(value)));
        return joined.toString();
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (Character.isISOControl(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
