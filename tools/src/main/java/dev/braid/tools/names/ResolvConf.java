package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What resolv.conf(5) says.
 *
 * @param servers in the order in which they are asked; at most three, as everywhere
 * @param search what is put behind names without a dot; at most six
 */
record ResolvConf(List<DnsServer> servers, List<String> search) {
    /** The port of name servers. */
    static final int PORT = 53;

    private static final int MAX_SERVERS = 3;
    private static final int MAX_SEARCH = 6;

    /** Reads a file's lines; what it does not know, and servers with a zone, it passes over. */
    static ResolvConf parse(List<String> lines) {
        var servers = new ArrayList<DnsServer>();
        var search = new ArrayList<String>();
        for (String line : lines) {
            String[] words = line.strip().split("\\s+");
            if (words.length < 2) {
                continue;
            }
            switch (words[0]) {
                case "nameserver" -> addServer(servers, words[1]);
                // The last of these lines counts.
                case "search", "domain" -> {
                    search.clear();
                    for (int i = 1; i < words.length; i++) {
                        addDomain(search, words[i]);
                    }
                }
                default -> {
                }
            }
        }
        return new ResolvConf(List.copyOf(servers), List.copyOf(search));
    }

    private static void addServer(List<DnsServer> servers, String text) {
        try {
            if (servers.size() < MAX_SERVERS) {
                servers.add(new DnsServer(IpAddress.parse(text), PORT));
            }
        } catch (IllegalArgumentException e) {
            // Link-local with a zone, or a mistake: there may be others.
        }
    }

    private static void addDomain(List<String> search, String text) {
        try {
            if (search.size() < MAX_SEARCH) {
                search.add(DnsName.canonical(text));
            }
        } catch (IllegalArgumentException e) {
            // "." means no domain at all; a mistake means none of ours.
        }
    }

    /** Whether it names only servers on this host, as where systemd-resolved sits in between. */
    boolean isLocalOnly() {
        return servers.stream().allMatch(DnsServer::isLoopback);
    }
}
