package dev.braid.tools.config;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.Role;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code braid up} is told, every key with a value. Immutable.
 *
 * @param links the NICs in order of preference; empty = all that have a default route
 * @param goals rules {@code [host][:port]} and what they ask for, the most exact first
 * @param goal what all else gets
 */
public record HostConfig(
        List<LinkConfig> links,
        Goal goal,
        Map<String, Goal> goals,
        Proxy proxy,
        Dns dns,
        Bypasses bypass,
        Binding binding,
        Admin admin,
        Map<String, String> sysctl,
        Doctor doctor) {
    /** The same with another choice of links, another goal and another proxy. */
    public HostConfig with(List<LinkConfig> links, Goal goal, Proxy proxy) {
        return new HostConfig(links, goal, goals, proxy, dns, bypass, binding, admin, sysctl, doctor);
    }

    /**
     * One link.
     *
     * @param role empty = {@link Role#BACKUP} for a metered one, else {@link Role#PRIMARY}
     * @param metered empty = found out
     * @param mtu 0 = the NIC's
     */
    public record LinkConfig(String nic, Optional<Role> role, Optional<Boolean> metered, int mtu) {}

    /**
     * SOCKS5 and HTTP CONNECT on the same ports.
     *
     * @param users passwords by names; empty = nobody is asked
     * @param clients the most connections at a time, of all
     * @param clientsEach the same of one client
     * @param idleSeconds after which a connection without any byte is ended; 0 = never
     */
    public record Proxy(
            List<InetSocketAddress> listen, Map<String, String> users, int clients, int clientsEach, int idleSeconds) {
        /** The same, spoken elsewhere. */
        public Proxy at(List<InetSocketAddress> listen) {
            return new Proxy(listen, users, clients, clientsEach, idleSeconds);
        }
    }

    /** @param servers empty = those of resolv.conf */
    public record Dns(List<InetSocketAddress> servers) {}

    /** @param names {@code corp.example} and {@code *.corp.example}, which the kernel's resolver and sockets serve */
    public record Bypasses(List<Prefix> networks, List<String> names) {}

    /**
     * The numbers that binding takes.
     *
     * @param table the first of the routing tables; also the first priority of the rules
     * @param protocol what marks our routes and rules, 1..255
     * @param ipv6 whether IPv6 is bound: {@code auto} where the kernel lets it, or {@code off}
     */
    public record Binding(int table, int protocol, Prefix pool4, Prefix pool6, String ipv6, int spareLinks) {}

    /** @param group who may ask beside the daemon's own user and root; empty = nobody */
    public record Admin(String group) {}

    /** @param server a host and port that speaks Multipath TCP, to look for boxes that strip it */
    public record Doctor(String server) {}
}
