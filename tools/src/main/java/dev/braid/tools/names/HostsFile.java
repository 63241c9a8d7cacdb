package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What hosts(5) says: addresses by name, in lower case. */
record HostsFile(Map<String, List<IpAddress>> addresses) {
    static HostsFile parse(List<String> lines) {
        var found = new HashMap<String, List<IpAddress>>();
        for (String line : lines) {
            int comment = line.indexOf('#');
            String[] words = (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+");
            if (words.length < 2) {
                continue;
            }
            try {
                IpAddress address = IpAddress.parse(words[0]);
                for (int i = 1; i < words.length; i++) {
                    found.computeIfAbsent(words[i].toLowerCase(Locale.ROOT), name -> new ArrayList<>(1)).add(address);
                }
            } catch (IllegalArgumentException e) {
                // A line with a zone, or a mistake: the others still count.
            }
        }
        return new HostsFile(found);
    }

    /** The addresses of a canonical name; {@code localhost} and names below it are this host (RFC 6761 section 6.3). */
    List<IpAddress> lookup(String name) {
        List<IpAddress> listed = addresses.getOrDefault(name, List.of());
        boolean local = name.equals("localhost") || name.endsWith(".localhost");
        return listed.isEmpty() && local ? List.of(IpAddress.LOOPBACK_IPV6, IpAddress.LOOPBACK_IPV4) : listed;
    }
}
