package dev.braid.tools.config;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig.Admin;
import dev.braid.tools.config.HostConfig.Binding;
import dev.braid.tools.config.HostConfig.Bypasses;
import dev.braid.tools.config.HostConfig.Dns;
import dev.braid.tools.config.HostConfig.Doctor;
import dev.braid.tools.config.HostConfig.LinkConfig;
import dev.braid.tools.config.HostConfig.Proxy;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.Role;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** Reads {@code braid.toml}. A key that nobody knows is an error, and so is a value that does not fit; all are told at once. */
public final class ConfigFile {
    /** The largest file that is read, bytes. */
    static final int MAX_BYTES = 1 << 20;

    /** How many links can be bound. */
    public static final int MOST_LINKS = 8;

    private static final Set<PosixFilePermission> SEEN_BY_OTHERS = Set.of(PosixFilePermission.GROUP_READ,
            PosixFilePermission.OTHERS_READ);

    private final ConfigProblems problems;
    private final ConfigSection root;

    private ConfigFile(ConfigProblems problems, ConfigSection root) {
        this.problems = problems;
        this.root = root;
    }

    /** What holds where nothing is written. */
    public static HostConfig defaults() {
        try {
            return parse("defaults", "");
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws ConfigException when its content will not do
     * @throws IOException when it cannot be read
     */
    public static HostConfig read(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (Files.size(file) > MAX_BYTES) {
            throw new ConfigException(List.of(name + ": a configuration has at most " + MAX_BYTES + " bytes"));
        }
        HostConfig config;
        try {
            config = parse(name, Files.readString(file));
        } catch (MalformedInputException e) {
            throw new ConfigException(List.of(name + ": it is no UTF-8"));
        }
        boolean seen = !Collections.disjoint(Files.getPosixFilePermissions(file), SEEN_BY_OTHERS);
        if (seen && !config.proxy().users().isEmpty()) {
            throw new ConfigException(List.of(name + ": it holds passwords and others can read it: chmod 600 " + file));
        }
        return config;
    }

    /**
     * Reads a text.
     *
     * @param name what the problems call it
     */
    public static HostConfig parse(String name, String text) throws ConfigException {
        var problems = new ConfigProblems(name);
        TomlParseResult toml;
        try {
            toml = Toml.parse(text);
        } catch (StackOverflowError e) {
            throw new ConfigException(List.of(name + ": it is nested too deep"));
        }
        toml.errors().forEach(error -> problems.add(error.position(), String.valueOf(error.getMessage())));
        problems.end();
        return new ConfigFile(problems, new ConfigSection(toml, problems)).config();
    }

    private HostConfig config() throws ConfigException {
        var config = new HostConfig(
                links(root.section("link")),
                root.word("goal", Goal.class, Goal.AGGREGATE),
                goals(root.section("goals")),
                proxy(root.section("proxy")),
                dns(root.section("dns")),
                bypass(root.section("bypass")),
                binding(root.section("binding")),
                admin(root.section("admin")),
                sysctl(root.section("sysctl")),
                doctor(root.section("doctor")));
        root.end();
        problems.end();
        return config;
    }

    private static List<LinkConfig> links(ConfigSection section) {
        var links = new ArrayList<LinkConfig>();
        for (String nic : section.keys()) {
            ConfigSection link = section.section(nic);
            try {
                links.add(new LinkConfig(ConfigValues.device(nic), link.word("role", Role.class),
                        link.flag("metered"), link.number("mtu", 576, 65_535, 0)));
            } catch (IllegalArgumentException e) {
                section.wrong(nic, String.valueOf(e.getMessage()));
            }
            link.end();
        }
        if (links.size() > MOST_LINKS) {
            section.wrong(links.get(MOST_LINKS).nic(), "at most " + MOST_LINKS + " links can be bound");
        }
        return List.copyOf(links);
    }

    private static Map<String, Goal> goals(ConfigSection section) {
        var goals = new LinkedHashMap<String, Goal>();
        for (String rule : section.keys()) {
            try {
                goals.put(GoalRule.parse(rule).toString(), section.word(rule, Goal.class, Goal.AGGREGATE));
            } catch (IllegalArgumentException e) {
                section.wrong(rule, "\"" + rule + "\": " + e.getMessage());
            }
        }
        return Collections.unmodifiableMap(goals);
    }

    private static Proxy proxy(ConfigSection section) {
        ConfigSection named = section.section("users");
        var users = new LinkedHashMap<String, String>();
        for (String user : named.keys()) {
            String password = named.text(user).orElse("");
            if (user.isEmpty() || user.length() > 255 || password.isEmpty() || password.length() > 255) {
                named.wrong(user, "a user's name and password have 1 to 255 letters each");
            }
            users.put(user, password);
        }
        var proxy = new Proxy(
                section.readAll("listen", ConfigValues::socket,
                        List.of(ConfigValues.socket("127.0.0.1:1080"), ConfigValues.socket("[::1]:1080"))),
                Collections.unmodifiableMap(users),
                section.number("clients", 1, 65_536, 512),
                section.number("clients_each", 1, 65_536, 256),
                section.number("idle_seconds", 0, 1_000_000, 0));
        if (users.isEmpty() && proxy.listen().stream().anyMatch(at -> !at.getAddress().isLoopbackAddress())) {
            section.wrong("listen", "listen: other than loopback addresses need [proxy.users]");
        }
        section.end();
        return proxy;
    }

    private static Dns dns(ConfigSection section) {
        var dns = new Dns(section.readAll("servers", ConfigValues::nameServer, List.of()));
        section.end();
        return dns;
    }

    private static Bypasses bypass(ConfigSection section) {
        var bypasses = new Bypasses(section.readAll("networks", ConfigValues::network, List.of()),
                section.readAll("names", ConfigValues::domain, List.of()));
        section.end();
        return bypasses;
    }

    private static Binding binding(ConfigSection section) {
        Prefix pool4 = section.read("pool4", ConfigValues::network, Prefix.parse("198.19.77.0/24"));
        Prefix pool6 = section.read("pool6", ConfigValues::network, Prefix.parse("fd77:b1a1:d::/48"));
        if (!pool4.address().isIpv4() || pool4.length() > 27) {
            section.wrong("pool4", "pool4 is an IPv4 network of at least 32 addresses");
        }
        if (pool6.address().isIpv4() || pool6.length() > 61) {
            section.wrong("pool6", "pool6 is an IPv6 network of at least eight /64s");
        }
        String ipv6 = section.text("ipv6").orElse("auto");
        List<String> choices = List.of("auto", "off");
        if (!choices.contains(ipv6)) {
            section.wrong("ipv6", "\"" + ipv6 + "\" is not known here" + Nearest.hint(ipv6, choices));
        }
        var binding = new Binding(section.number("table", 1000, 32_000, 7700), section.number("protocol", 5, 255, 77),
                pool4, pool6, ipv6, section.number("spare_links", 0, MOST_LINKS, 2));
        section.end();
        return binding;
    }

    private static Admin admin(ConfigSection section) {
        var admin = new Admin(section.text("group").orElse(""));
        section.end();
        return admin;
    }

    private static Map<String, String> sysctl(ConfigSection section) {
        var values = new LinkedHashMap<String, String>();
        section.keys().forEach(name -> section.text(name).ifPresent(value -> values.put(name, value)));
        return Collections.unmodifiableMap(values);
    }

    private static Doctor doctor(ConfigSection section) {
        var doctor = new Doctor(section.read("server", ConfigValues::server, ""));
        section.end();
        return doctor;
    }
}
