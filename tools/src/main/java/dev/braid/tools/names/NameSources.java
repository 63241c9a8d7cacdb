package dev.braid.tools.names;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/** What this host and its configuration say about names, now. Any thread. */
final class NameSources {
    /** Where hosts and resolv.conf are. */
    static final Path ETC = Path.of("/etc");
    /** Where systemd-resolved writes which servers it asks itself. */
    static final Path SYSTEMD = Path.of("/run/systemd/resolve/resolv.conf");

    private final WatchedFile<HostsFile> hosts;
    private final WatchedFile<ResolvConf> resolvConf;
    private final WatchedFile<ResolvConf> behindSystemd;
    private volatile List<DnsServer> configured = List.of();

    /**
     * The sources.
     *
     * @param etc the folder of hosts and resolv.conf
     * @param systemd what is read instead where resolv.conf names only this host
     */
    NameSources(Path etc, Path systemd, LongSupplier clock) {
        hosts = new WatchedFile<>(etc.resolve("hosts"), HostsFile::parse, clock);
        resolvConf = new WatchedFile<>(etc.resolve("resolv.conf"), ResolvConf::parse, clock);
        behindSystemd = new WatchedFile<>(systemd, ResolvConf::parse, clock);
    }

    /**
     * Asks other servers from now on.
     *
     * @param servers those to ask; empty = the host's
     */
    void configure(List<InetSocketAddress> servers) {
        configured = servers.stream().map(DnsServer::of).toList();
    }

    HostsFile hosts() {
        return hosts.value();
    }

    /** The servers and the search list. A server on this host is passed by where it says whom it asks. */
    ResolvConf resolvConf() {
        ResolvConf own = resolvConf.value();
        if (!configured.isEmpty()) {
            return new ResolvConf(configured, own.search());
        }
        ResolvConf behind = own.isLocalOnly() ? behindSystemd.value() : own;
        return behind.servers().isEmpty() ? own : behind;
    }
}
