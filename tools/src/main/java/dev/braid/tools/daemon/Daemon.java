package dev.braid.tools.daemon;

import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.tools.bind.Binder;
import dev.braid.tools.bind.HostClaim;
import dev.braid.tools.bind.Slots;
import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.config.ConfigValues;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.dial.RacingDialer;
import dev.braid.tools.dial.RouteBypass;
import dev.braid.tools.dial.StackConnector;
import dev.braid.tools.doctor.Trials;
import dev.braid.tools.goal.GoalTable;
import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.names.Resolver;
import dev.braid.tools.proxy.OpenConnection;
import dev.braid.tools.proxy.ProxyServer;
import dev.braid.tools.running.RunningStack;
import dev.braid.tundriver.netlink.Rtnetlink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The host daemon as a whole. Its parts begin in this order and end in the reverse one: the claim on the host, which undoes in the end
 * what this process and a dead one before it have changed; the stack, with a TUN for each link; the binding of the links to NICs; the
 * proxy; the administration socket.
 *
 * <p>Started and closed on platform threads, for netlink speaks of the network namespace of the thread that opens it.
 */
final class Daemon implements AutoCloseable {
    /** Every link for IPv4 and IPv6 each, of the eight there can be. */
    private static final Limits PATHS = new Limits(0, 8);
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final HostLog log;
    private final Parts parts;
    private final Stack stack;
    private final Binder binder;
    private final MeasuredLinks links;
    private final GoalTable goals;
    private final Rtnetlink routes;
    private final ChangingBypass bypass;
    private final Resolver names;
    private final RacingDialer dialer;
    private final Trials trials;
    private final ProxyServer proxy;
    private final AdminSocket admin;
    private final RateMeter rates;
    private final StatusReport report;
    private final Absence absence = new Absence();
    private HostConfig config;
    private boolean ended;

    /** Starts the daemon; it serves when this returns. */
    static Daemon start(HostConfig config, HostLog log) throws IOException {
        var parts = new Parts(log);
        try {
            return new Daemon(config, log, parts);
        } catch (IOException | RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    private Daemon(HostConfig config, HostLog log, Parts parts) throws IOException {
        this.config = config;
        this.log = log;
        this.parts = parts;
        Path folder = RunningProcesses.folder();
        RunningProcesses.prepare(folder);
        HostClaim claim = parts.add("what was changed on this host", HostClaim.take(folder, config.binding(), log));
        RunningStack running = parts.add("the stack", RunningStack.start(builder(config)));
        stack = running.stack();
        stack.paths().limits(PATHS);
        binder = parts.add("the links", Binder.start(config, claim, stack, log));
        links = new MeasuredLinks(binder.links());
        goals = new GoalTable(config);
        routes = parts.add("the routes", Rtnetlink.open());
        bypass = new ChangingBypass(bypass(config));
        names = parts.add("the names", Resolver.start(stack, config, links, bypass));
        var connector = new StackConnector(stack);
        dialer = new RacingDialer(names, links, bypass, goals, connector, log);
        trials = new Trials(links, names, goals, connector, () -> config().doctor().server());
        proxy = ProxyServer.start(config.proxy(), dialer, log);
        goals.onChange(this::followGoals);
        parts.add("the proxy", () -> proxy.close(DRAIN));
        rates = parts.add("the rates", new RateMeter());
        report = new StatusReport(stack, links, goals, names, proxy, rates, dialer::strips);
        admin = parts.add("the administration socket", AdminSocket.open(folder, config.admin().group(), log));
        running.register(admin.server(), admin::share);
    }

    private static StackBuilder builder(HostConfig config) {
        StackBuilder builder = Stack.builder();
        try (Rtnetlink netlink = Rtnetlink.open()) {
            Slots.links(config, netlink).forEach(builder::link);
        } catch (IllegalArgumentException e) {
            throw UserError.failure(String.valueOf(e.getMessage()));
        }
        config.sysctl().forEach((name, value) -> {
            try {
                builder.tunable(name, value);
            } catch (IllegalArgumentException e) {
                throw UserError.failure("sysctl: " + e.getMessage());
            }
        });
        return builder;
    }

    /** Lets clients ask about the daemon, and tell it to reload and to stop. */
    void serve(Supplier<List<String>> reload, Runnable stop) {
        admin.server().on("doctor", request -> trials.examine().map());
        new HostRequests(new HostRequests.Whole() {
            @Override
            public Map<String, Object> status() throws IOException {
                return report.report(config());
            }

            @Override
            public List<String> reload() {
                return reload.get();
            }

            @Override
            public void stop() {
                stop.run();
            }
        }, links, goals, log).register(admin.server());
        admin.server().serve();
    }

    private synchronized HostConfig config() {
        return config;
    }

    /**
     * Applies another configuration to what runs.
     *
     * @return what waits for a restart, a line each
     * @throws IOException when a part refuses it; those before it have it already
     */
    synchronized List<String> reload(HostConfig wanted) throws IOException {
        var waiting = new ArrayList<String>();
        if (!wanted.binding().equals(config.binding())) {
            waiting.add("[binding] waits for a restart");
        }
        if (!names(wanted).equals(names(config))) {
            waiting.add("which links there are waits for a restart");
        }
        for (String name : config.sysctl().keySet()) {
            if (!wanted.sysctl().containsKey(name)) {
                waiting.add("sysctl: " + name + " stays as it was set, and has its usual value after a restart");
            }
        }
        for (Map.Entry<String, String> tunable : wanted.sysctl().entrySet()) {
            stack.tunables().change(tunable.getKey(), tunable.getValue());
        }
        proxy.reconfigure(wanted.proxy());
        goals.reconfigure(wanted);
        names.reconfigure(wanted);
        bypass.change(bypass(wanted));
        binder.reconfigure(wanted);
        admin.admit(wanted.admin().group());
        config = wanted;
        return waiting;
    }

    private RouteBypass bypass(HostConfig from) {
        return new RouteBypass(from.bypass(), links, routes);
    }

    /** Connections that run get what their destinations' goals mean now. */
    private void followGoals() {
        for (OpenConnection open : proxy.connections().all()) {
            if (open.connected().link() >= 0) {
                try {
                    StackConnector.choose(open.connected().channel(),
                            goals.of(open.target().host(), open.target().port()));
                } catch (IOException e) {
                    log.say(HostLog.Level.DEBUG, open.target() + " has ended meanwhile");
                }
            }
        }
    }

    private static List<String> names(HostConfig config) {
        return config.links().stream().map(HostConfig.LinkConfig::nic).sorted().toList();
    }

    /** One line about links and proxy, for the log and the service manager. */
    String summary() {
        String bound = links.all().stream().filter(link -> !link.nic().isEmpty()).map(Daemon::describe)
                .collect(Collectors.joining("; "));
        return (bound.isEmpty() ? "no network interface with a default route yet" : bound) + "; proxy on "
                + proxy.addresses().stream().map(ConfigValues::text).collect(Collectors.joining(" and "));
    }

    private static String describe(LinkView link) {
        return link.nic() + " (" + link.role().word() + ") " + link.use().sentence();
    }

    /** Looks at the links' rates and round trips, while connections run, and at the parts' health: which has ended by itself and why, or empty. */
    synchronized String tick() {
        if (ended) {
            return "";
        }
        long goneMs = absence.lookMs(Absence.uptimeMs());
        if (goneMs > 0) {
            awaken(goneMs);
        }
        try {
            if (!proxy.connections().all().isEmpty()) {
                links.measure(stack.connections());
                rates.sample(links.all(), System.nanoTime());
            }
        } catch (IOException e) {
            log.say(HostLog.Level.DEBUG, "no connection can be looked at: " + e.getMessage());
        }
        Throwable ofStack = stack.failure();
        if (ofStack != null) {
            return "the stack has ended by itself: " + ofStack;
        }
        Throwable ofBinder = binder.failure();
        return ofBinder == null ? "" : "the links are followed no longer: " + ofBinder;
    }

    private void awaken(long goneMs) {
        log.say(HostLog.Level.NOTICE, "stood still for " + TimeUnit.MILLISECONDS.toSeconds(goneMs)
                + " s: each path is asked whether it is still known");
        try {
            binder.awoke();
        } catch (IOException e) {
            log.say(HostLog.Level.WARNING, "paths could not be asked: " + e.getMessage());
        }
    }

    /** Ends all parts and undoes every change to the host. Idempotent. */
    @Override
    public synchronized void close() {
        ended = true;
        parts.close();
    }
}
