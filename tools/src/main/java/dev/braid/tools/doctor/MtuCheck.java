package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.LinkView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a link's way swallows large packets without a word (RFC 2923 section 2.1): then handshakes succeed and transfers hang.
 * Datagrams go to a port that nobody listens at; the refusal tells that one arrived. Of a server that refuses none, TCP tells
 * whether it acknowledges what fills its packets.
 *
 * <p>A host refuses only so often (RFC 4443 section 2.4 f; Linux six times at once and then once a second, for all links behind one
 * address together), so silence alone proves nothing: the largest goes first and alone, and only if smaller ones are refused before it
 * and behind it while it is not, again and again, does it vanish.
 */
final class MtuCheck implements Check {
    /** The least of IPv6: with it begins what is worth asking about. */
    private static final int LEAST = 1_280;
    /** Fits any packet. */
    private static final int LITTLE = 100;
    /** What tunnels leave; PPP over Ethernet. */
    private static final List<Integer> SIZES = List.of(1_400, 1_420, 1_460, 1_492);

    /** A link and where its packets are to go. */
    private record Way(DoctorFacts facts, LinkView link, IpAddress address) {
        static Optional<Way> to(DoctorFacts facts, LinkView link, List<IpAddress> addresses) {
            return addresses.stream()
                    .filter(address -> link.source(address.isIpv4()) != null)
                    .findFirst()
                    .map(address -> new Way(facts, link, address));
        }

        int least() {
            return Math.min(LEAST, link.mtu());
        }

        boolean carriesLeast() {
            return passes(least()) == Passage.PASSED;
        }

        boolean isAcknowledged(int bytes) {
            return facts.acknowledges(link, address, bytes);
        }

        Passage passes(int bytes) {
            return facts.passes(link, address, bytes);
        }
    }

    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        if (facts.server().isEmpty() || facts.links().stream().noneMatch(link -> link.use().usable())) {
            return;
        }
        List<IpAddress> addresses = facts.lookup().addresses();
        List<Way> ways = facts.links().stream()
                .filter(link -> link.use().usable())
                .flatMap(link -> Way.to(facts, link, addresses).stream())
                .toList();
        // Servers that refuse nothing are the most: that is found out of all links at once.
        Map<Way, Boolean> refused = AtOnce.tried(ways, Way::carriesLeast);
        refused.forEach((way, any) -> found.accept(any ? judge(facts.server(), way) : unknown(facts.server(), way)));
    }

    private static Finding judge(String server, Way way) {
        int all = way.link.mtu();
        Passage passage = asked(way, all);
        if (passage == null) {
            return unknown(server, way);
        }
        String nic = way.link.nic();
        if (passage == Passage.PASSED) {
            return Finding.ok(nic, "packets of " + all + " bytes pass to " + server);
        }
        int most = most(way);
        String larger = "packets of more than " + most + " bytes ";
        return passage == Passage.TOLD
                ? Finding.ok(nic, larger + "are too large on the way to " + server + ", which its routers tell")
                : Finding.problem(nic,
                        larger + "vanish on the way to " + server + ", and nothing tells of it",
                        "mtu = " + most + " below [link." + nic
                                + "] in the configuration, and a restart of the daemon");
    }

    /** What becomes of packets of this size; {@code null} when not even the least pass any more, so that silence says nothing. */
    private static @Nullable Passage asked(Way way, int bytes) {
        Passage passage = way.passes(bytes);
        if (passage != Passage.SILENT) {
            return passage;
        }
        return way.carriesLeast() ? way.passes(bytes) : null;
    }

    /** The largest of the usual sizes that passes, halving what is left of them: asked together, some would be past the server's limit. */
    private static int most(Way way) {
        List<Integer> sizes = SIZES.stream().filter(size -> size < way.link.mtu()).toList();
        int most = way.least();
        int from = 0;
        int to = sizes.size();
        while (from < to) {
            int middle = (from + to) / 2;
            if (asked(way, sizes.get(middle)) == Passage.PASSED) {
                most = sizes.get(middle);
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return most;
    }

    /** Datagrams tell nothing: at least whether TCP's full packets pass is found out. */
    private static Finding unknown(String server, Way way) {
        String nic = way.link.nic();
        if (way.isAcknowledged(LITTLE) && !way.isAcknowledged(2 * way.link.mtu()) && way.isAcknowledged(LITTLE)
                && !way.isAcknowledged(2 * way.link.mtu())) {
            return Finding.problem(nic,
                    "connections to " + server
                            + " are made, but what fills their packets vanishes, and nothing tells of it",
                    "mtu = " + way.least() + " below [link." + nic
                            + "] in the configuration, and a restart of the daemon");
        }
        return Finding.ok(nic, "no datagram is answered by " + server + ": how large packets may be is not known");
    }
}
