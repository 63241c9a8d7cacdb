package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.LinkView;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Whether a link's way swallows large packets without a word (RFC 2923 section 2.1): then handshakes succeed and transfers hang, until
 * TCP has found out by itself. Datagrams of several sizes go to a port that nobody listens at; the refusal tells that one arrived.
 */
final class MtuCheck implements Check {
    /** The least of IPv6; what tunnels leave; PPP over Ethernet. */
    private static final List<Integer> SIZES = List.of(1_280, 1_400, 1_420, 1_460, 1_492);

    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        List<LinkView> usable = facts.links().stream().filter(link -> link.use().usable()).toList();
        if (usable.isEmpty() || facts.server().isEmpty()) {
            return;
        }
        List<IpAddress> addresses = facts.lookup().addresses();
        AtOnce.tried(usable, (LinkView link) -> addresses.stream()
                .filter(address -> link.source(address.isIpv4()) != null)
                .findFirst()
                .map(address -> passages(facts, link, address))
                .orElse(null))
                .forEach((link, passages) -> found.accept(judge(facts.server(), link, passages)));
    }

    private static Map<Integer, Passage> passages(DoctorFacts facts, LinkView link, IpAddress address) {
        List<Integer> sizes = IntStream
                .concat(SIZES.stream().mapToInt(size -> size).filter(size -> size < link.mtu()),
                        IntStream.of(link.mtu()))
                .boxed()
                .toList();
        return AtOnce.tried(sizes, size -> facts.passes(link, address, size));
    }

    private static Finding judge(String server, LinkView link, Map<Integer, Passage> passages) {
        Optional<Integer> most = passages.keySet().stream()
                .filter(size -> passages.get(size) == Passage.PASSED)
                .max(Integer::compare);
        if (most.isEmpty()) {
            return Finding.ok(link.nic(),
                    "no datagram is answered by " + server + ": how large packets may be is not known");
        }
        int passes = most.get();
        if (passes == Collections.max(passages.keySet())) {
            return Finding.ok(link.nic(), "packets of " + passes + " bytes pass to " + server);
        }
        if (passages.containsValue(Passage.TOLD)) {
            return Finding.ok(link.nic(),
                    "packets of more than " + passes + " bytes are too large on the way to " + server
                            + ", which its routers tell");
        }
        return Finding.problem(link.nic(),
                "packets of more than " + passes + " bytes vanish on the way to " + server
                        + ", and nothing tells of it",
                "mtu = " + passes + " below [link." + link.nic()
                        + "] in the configuration, and a restart of the daemon");
    }
}
