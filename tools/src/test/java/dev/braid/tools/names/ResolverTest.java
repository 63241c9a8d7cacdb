package dev.braid.tools.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.config.ConfigFile;
import dev.braid.tools.host.Bypass;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.NameTrial;
import dev.braid.tools.host.Names.Answers;
import dev.braid.tools.host.TestLinks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ResolverTest {
    private static final DnsSockets KERNEL = new DnsSockets() {
        @Override
        public DatagramChannel datagrams(LinkView link, boolean ipv4) throws IOException {
            return DatagramChannel.open();
        }

        @Override
        public SocketChannel stream(LinkView link, boolean ipv4) throws IOException {
            return SocketChannel.open();
        }
    };

    /** Names below corp.example are the kernel's. */
    private static final Bypass BYPASS = new Bypass() {
        @Override
        public String reason(IpAddress remote) {
            return "";
        }

        @Override
        public String nameReason(String host) {
            return host.endsWith(".corp.example") ? "*.corp.example is configured to bypass" : "";
        }
    };

    @TempDir private Path etc;

    private final List<FakeNameServer> servers = new ArrayList<>();

    @AfterEach
    void closeServers() throws IOException {
        for (FakeNameServer server : servers) {
            server.close();
        }
    }

    /** What a lookup came to. */
    private record Outcome(List<String> found, String why) {}

    private FakeNameServer serve(Function<byte[], List<byte[]>> reaction) throws IOException {
        var server = new FakeNameServer(reaction);
        servers.add(server);
        return server;
    }

    /** A resolver that asks all of the servers made so far, in their order. */
    private Resolver resolver() {
        var sources = new NameSources(etc, etc.resolve("none"), System::nanoTime);
        List<InetSocketAddress> addresses = servers.stream().map(server -> server.server().socketAddress()).toList();
        sources.configure(addresses);
        return new Resolver(KERNEL, sources, new TestLinks(), BYPASS,
                name -> name.equals("known.corp.example") ? List.of(IpAddress.parse("10.9.0.1")) : List.of(),
                System::nanoTime);
    }

    private static CompletableFuture<Outcome> begin(Resolver resolver, String name) {
        var found = new ArrayList<String>();
        var outcome = new CompletableFuture<Outcome>();
        resolver.lookup(name, new Answers() {
            @Override
            public void found(List<IpAddress> addresses) {
                addresses.forEach(address -> found.add(address.toString()));
            }

            @Override
            public void finished(String whyNothing) {
                outcome.complete(new Outcome(found.stream().sorted().toList(), whyNothing));
            }
        });
        return outcome;
    }

    private static Outcome lookup(Resolver resolver, String name) throws Exception {
        return begin(resolver, name).get(30, TimeUnit.SECONDS);
    }

    private static boolean asksForIpv4(byte[] query) {
        return MessageBytes.typeIn(query) == 1;
    }

    private static byte[] good(byte[] query) {
        String address = asksForIpv4(query) ? "192.0.2.1" : "2001:db8::1";
        return MessageBytes.answerTo(query).address(MessageBytes.nameIn(query), 60, address).build();
    }

    @Test
    void bothFamiliesAreFound() throws Exception {
        serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "Www.Example."))
                    .isEqualTo(new Outcome(List.of("192.0.2.1", "2001:db8::1"), ""));
        }
    }

    @Test
    void anAddressAsTextAsksNobody() throws Exception {
        FakeNameServer server = serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "192.0.2.77").found()).containsExactly("192.0.2.77");
            assertThat(lookup(resolver, "2001:db8::77").found()).containsExactly("2001:db8::77");
            assertThat(lookup(resolver, "fd77::1").found()).containsExactly("fd77::1");
        }
        assertThat(server.asked()).isZero();
    }

    @Test
    void theHostsFileGoesFirst() throws Exception {
        FakeNameServer server = serve(query -> List.of(good(query)));
        Files.writeString(etc.resolve("hosts"), "192.0.2.55 big.example\n");
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "big.example").found()).containsExactly("192.0.2.55");
            assertThat(lookup(resolver, "localhost").found()).containsExactly("127.0.0.1", "::1");
        }
        assertThat(server.asked()).isZero();
    }

    @Test
    void namesThatBypassAndThoseOfTheLinkAreAskedOfThisHost() throws Exception {
        FakeNameServer server = serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "Known.corp.example")).isEqualTo(new Outcome(List.of("10.9.0.1"), ""));
            assertThat(lookup(resolver, "new.corp.example").why())
                    .isEqualTo("this host's own resolver does not know new.corp.example");
            assertThat(lookup(resolver, "printer.local").found()).isEmpty();
            assertThat(server.asked()).isZero();
            assertThat(lookup(resolver, "corp.example").found()).as("none of those").hasSize(2);
        }
    }

    @Test
    void eachServerIsTriedByItself() throws Exception {
        FakeNameServer good = serve(query -> List.of(MessageBytes.answerTo(query).code(3).build()));
        FakeNameServer silent = serve(query -> List.of());
        FakeNameServer failing = serve(query -> List.of(MessageBytes.answerTo(query).code(2).build()));
        try (Resolver resolver = resolver()) {
            List<NameTrial> trials = resolver.trials("a.example");
            assertThat(trials).map(NameTrial::server).containsExactly(good.server().toString(),
                    silent.server().toString(), failing.server().toString());
            assertThat(trials.get(0).answered()).as("no such name, which is an answer").isTrue();
            assertThat(trials.get(1).failure()).isEqualTo("no answer within 2 s");
            assertThat(trials.get(2).failure()).startsWith("the server failed (SERVFAIL)");
            assertThat(silent.asked()).as("a question may be lost").isEqualTo(2);
        }
    }

    @Test
    void anAnswerIsRemembered() throws Exception {
        FakeNameServer server = serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            lookup(resolver, "a.example");
            lookup(resolver, "A.example");
            assertThat(server.asked()).isEqualTo(2);
        }
    }

    @Test
    void whatDoesNotExistIsSaid() throws Exception {
        FakeNameServer first = serve(query -> List.of(MessageBytes.answerTo(query).code(3).build()));
        FakeNameServer second = serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "no.example"))
                    .isEqualTo(new Outcome(List.of(), "there is no such name: no.example"));
        }
        assertThat(first.asked()).isEqualTo(2);
        assertThat(second.asked()).as("one server's no is an answer").isZero();
    }

    @Test
    void oneFamilyIsEnough() throws Exception {
        serve(query -> List.of(asksForIpv4(query) ? good(query) : MessageBytes.answerTo(query).build()));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "four.example")).isEqualTo(new Outcome(List.of("192.0.2.1"), ""));
        }
    }

    @Test
    void aLongAnswerIsFetchedByTcp() throws Exception {
        FakeNameServer server = serve(query -> List.of(MessageBytes.answerTo(query).flags(0x8380).build()));
        server.byStream(query -> {
            MessageBytes answer = MessageBytes.answerTo(query);
            for (int i = 0; i < 20; i++) {
                answer.address(MessageBytes.nameIn(query), 60,
                        asksForIpv4(query) ? "192.0.2." + (100 + i) : "2001:db8::1" + i);
            }
            return answer.build();
        });
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "many.example").found()).hasSize(40);
        }
        assertThat(server.askedByStream()).isEqualTo(2);
    }

    @Test
    void anEmptyAnswerByTcpIsAFailure() throws Exception {
        serve(query -> List.of(MessageBytes.answerTo(query).flags(0x8380).build())).byStream(query -> new byte[0]);
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "many.example").why()).contains("the server's answer by TCP is no answer");
        }
    }

    @Test
    void forgeriesInFrontOfTheAnswerAreIgnored() throws Exception {
        serve(query -> {
            byte[] wrongId = MessageBytes.answerTo(query).address(MessageBytes.nameIn(query), 60, "10.6.6.6").build();
            wrongId[0] ^= 1;
            byte[] wrongName = MessageBytes.answer(query[0] << 8 | (query[1] & 0xff), "evil.example", 1)
                    .address("a.example", 60, "10.6.6.6")
                    .build();
            return List.of(wrongId, wrongName, new byte[0], new byte[] {1}, good(query));
        });
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "a.example").found()).containsExactly("192.0.2.1", "2001:db8::1");
        }
    }

    @Test
    void aServerThatFailsMakesWayForTheNextAtOnce() throws Exception {
        serve(query -> List.of(MessageBytes.answerTo(query).code(2).build()));
        serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            long beganNs = System.nanoTime();
            assertThat(lookup(resolver, "a.example").found()).hasSize(2);
            assertThat(System.nanoTime() - beganNs).isLessThan(Query.PATIENCE_NS);
        }
    }

    @Test
    void nobodyAtTheServersPortMakesWayForTheNextAtOnce() throws Exception {
        FakeNameServer gone = serve(query -> List.of());
        serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            gone.close();
            assertThat(lookup(resolver, "a.example").found()).hasSize(2);
        }
    }

    @Test
    void aSilentServerIsJoinedByTheNextAfterASecond() throws Exception {
        FakeNameServer silent = serve(query -> List.of());
        serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            long beganNs = System.nanoTime();
            assertThat(lookup(resolver, "a.example").found()).hasSize(2);
            assertThat(System.nanoTime() - beganNs).isBetween(Query.PATIENCE_NS, 3 * Query.PATIENCE_NS);
        }
        assertThat(silent.asked()).as("asked again").isGreaterThan(2);
    }

    @Test
    void silenceEverywhereEndsWithWhoWasAsked() throws Exception {
        FakeNameServer silent = serve(query -> List.of());
        try (Resolver resolver = resolver()) {
            Outcome outcome = lookup(resolver, "a.example");
            assertThat(outcome.found()).isEmpty();
            assertThat(outcome.why()).isEqualTo(
                    "no name server answers within 5 s, tried " + silent.server());
        }
    }

    @Test
    void aServerThatKnowsNoExtensionsIsAskedWithout() throws Exception {
        serve(query -> List.of(query[11] == 0
                ? good(query)
                : new byte[] {query[0], query[1], (byte) 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "a.example").found()).hasSize(2);
        }
    }

    @Test
    void aNameWithoutADotIsLookedForInTheSearchList() throws Exception {
        Files.writeString(etc.resolve("resolv.conf"), "search one.example two.example three.example\n");
        var known = Set.of("host.two.example", "host.three.example", "alone", "a.dot.two.example");
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        serve(query -> {
            asked.add(MessageBytes.nameIn(query));
            return List.of(known.contains(MessageBytes.nameIn(query))
                    ? good(query)
                    : MessageBytes.answerTo(query).code(3).build());
        });
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "host").found()).hasSize(2);
            assertThat(asked).as("the first that is found is meant").doesNotContain("host.three.example", "host");
            assertThat(lookup(resolver, "host.").found()).as("absolute").isEmpty();
            assertThat(lookup(resolver, "a.dot").found()).as("absolute enough").isEmpty();
            assertThat(lookup(resolver, "alone").found()).as("after all").hasSize(2);
        }
    }

    @Test
    void aDomainThatMakesTheNameTooLongIsPassedBy() throws Exception {
        String label = "a".repeat(60);
        Files.writeString(etc.resolve("resolv.conf"), "search " + String.join(".", label, label, label, label) + '\n');
        serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "a-name-of-some-length").found()).hasSize(2);
        }
    }

    @Test
    void otherServersAreAskedAnew() throws Exception {
        FakeNameServer before = serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            lookup(resolver, "a.example");
            FakeNameServer after = serve(query -> List.of(good(query)));
            resolver.reconfigure(ConfigFile.parse("braid.toml",
                    "[dns]\nservers = [\"127.0.0.1:" + after.server().port() + "\"]"));
            lookup(resolver, "a.example");
            assertThat(before.asked()).isEqualTo(2);
            assertThat(after.asked()).isEqualTo(2);
        }
    }

    @Test
    void aServerIsTriedWithAnyNameWhereNoneIsMeant() throws Exception {
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        serve(query -> {
            asked.add(MessageBytes.nameIn(query));
            return List.of(good(query));
        });
        try (Resolver resolver = resolver()) {
            for (String name : List.of("", "192.0.2.1", "a.example")) {
                assertThat(resolver.trials(name)).singleElement().matches(NameTrial::answered);
            }
        }
        assertThat(asked).containsExactly("example.com", "example.com", "a.example");
    }

    @Test
    void afterACloseNothingIsLookedUp() throws Exception {
        FakeNameServer server = serve(query -> List.of(good(query)));
        Resolver resolver = resolver();
        resolver.close();
        assertThat(lookup(resolver, "a.example").why()).isEqualTo("the resolver is closed");
        assertThat(server.asked()).isZero();
    }

    @Test
    void whatIsNoNameIsSaid() throws Exception {
        serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "a..b").why()).isEqualTo("not a domain name \"a..b\"");
            assertThat(lookup(resolver, "a b").why()).isEqualTo("not a domain name");
        }
    }

    @Test
    void withoutServersTheReasonIsSaid() throws Exception {
        try (Resolver resolver = resolver()) {
            assertThat(lookup(resolver, "a.example").why()).isEqualTo("no name server is configured");
        }
    }

    @Test
    void manyLookupsAtOnceAllEnd() throws Exception {
        serve(query -> List.of(good(query)));
        try (Resolver resolver = resolver()) {
            List<CompletableFuture<Outcome>> all = Stream.iterate(0, i -> i + 1)
                    .limit(300)
                    .map(i -> begin(resolver, "n" + i + ".example"))
                    .toList();
            for (CompletableFuture<Outcome> each : all) {
                assertThat(each.get(30, TimeUnit.SECONDS).found()).hasSize(2);
            }
        }
    }

    @Test
    void aCloseEndsWhatIsUnderWay() throws Exception {
        serve(query -> List.of());
        CompletableFuture<Outcome> waiting;
        try (Resolver resolver = resolver()) {
            waiting = begin(resolver, "a.example");
            Thread.sleep(50);
        }
        assertThat(waiting.get(2, TimeUnit.SECONDS).why()).isEqualTo("the resolver is closed");
    }
}
