package dev.braid.tools.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Names.Answers;
import dev.braid.tools.host.Role;
import dev.braid.tools.host.TestLinks;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The resolver asks a name server of the kernel's over two links of a stack. */
@Tag("kernel")
@Timeout(60)
class NamesOverLinksTest {
    private static final String SERVER = "203.0.113.53";

    private final TestLinks links = new TestLinks(view(0), view(1));
    private NetworkNamespace namespace;
    private Stack stack;

    private static LinkView view(int index) {
        return new LinkView(index, "nic" + index, "braid" + index, Role.PRIMARY, LinkUse.USED, "",
                IpAddress.parse("10.77." + index + ".2"), null, List.of(), 1500, false, 0);
    }

    @BeforeEach
    void makeNamespaceAndStack() {
        namespace = NetworkNamespace.create("names");
        namespace.exec("ip", "address", "add", SERVER + "/32", "dev", "lo");
        stack = namespace.call(() -> Stack.builder()
                .link(Link.tun("braid0").address("10.77.0.2/24"))
                .link(Link.tun("braid1").address("10.77.1.2/24"))
                .trackLeaks()
                .start());
    }

    @AfterEach
    void nothingIsLeft() {
        stack.close();
        namespace.close();
        assertThat(stack.leaks()).isEmpty();
    }

    private FakeNameServer serve(Function<byte[], List<byte[]>> reaction) throws IOException {
        return namespace.<FakeNameServer, IOException>call(() -> new FakeNameServer(
                DatagramChannel.open().bind(new InetSocketAddress(SERVER, ResolvConf.PORT)),
                ServerSocketChannel.open().bind(new InetSocketAddress(SERVER, ResolvConf.PORT)),
                reaction));
    }

    private Resolver resolver() {
        return resolver(SERVER);
    }

    private Resolver resolver(String... servers) {
        var sources = new NameSources(Path.of("/nowhere"), Path.of("/nowhere"), System::nanoTime);
        sources.configure(
                Stream.of(servers).map(server -> new InetSocketAddress(server, ResolvConf.PORT)).toList());
        return new Resolver(new StackDnsSockets(stack), sources, links, remote -> "", _ -> List.of(),
                System::nanoTime);
    }

    private static List<String> lookup(Resolver resolver) throws Exception {
        var found = new ArrayList<String>();
        var why = new CompletableFuture<String>();
        resolver.lookup("a.example", new Answers() {
            @Override
            public void found(List<IpAddress> addresses) {
                addresses.forEach(address -> found.add(address.toString()));
            }

            @Override
            public void finished(String whyNothing) {
                why.complete(whyNothing);
            }
        });
        assertThat(why.get(30, TimeUnit.SECONDS)).isEmpty();
        return found.stream().sorted().toList();
    }

    /** Whatever is asked for has one address of IPv4. */
    private static byte[] good(byte[] query) {
        return MessageBytes.answerTo(query).address("a.example", 60, "192.0.2.1").build();
    }

    @Test
    void aNameIsFoundOverTheFirstLink() throws Exception {
        try (FakeNameServer server = serve(query -> List.of(good(query))); Resolver resolver = resolver()) {
            assertThat(lookup(resolver)).containsExactly("192.0.2.1");
            assertThat(server.asked()).isEqualTo(2);
            assertThat(server.askers()).containsExactly("10.77.0.2");
        }
        assertThat(links.heard).as("an answered name says nothing of connections").isEmpty();
    }

    @Test
    void aLinkThatSwallowsAnswersIsJoinedByTheNext() throws Exception {
        // The answers arrive by a link that does not have the address.
        namespace.exec("ip", "route", "add", "10.77.0.2/32", "dev", "braid1");
        try (FakeNameServer server = serve(query -> List.of(good(query))); Resolver resolver = resolver()) {
            assertThat(lookup(resolver)).containsExactly("192.0.2.1");
            assertThat(server.asked()).isGreaterThanOrEqualTo(4);
            awaitHeard("0 false");
        }
    }

    @Test
    void aServerThatIsSilentEverywhereIsNotBlamedOnALink() throws Exception {
        String dead = "203.0.113.99";
        namespace.exec("ip", "address", "add", dead + "/32", "dev", "lo");
        try (DatagramChannel silent = namespace.<DatagramChannel, IOException>call(
                () -> DatagramChannel.open().bind(new InetSocketAddress(dead, ResolvConf.PORT)));
                FakeNameServer server = serve(query -> List.of(good(query)));
                Resolver resolver = resolver(dead, SERVER)) {
            assertThat(silent.isOpen()).isTrue();
            assertThat(lookup(resolver)).containsExactly("192.0.2.1");
            assertThat(server.askers()).containsExactly("10.77.1.2");
            Thread.sleep(2_500);
        }
        assertThat(links.heard).isEmpty();
    }

    private void awaitHeard(String what) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!links.heard.contains(what)) {
            assertThat(System.nanoTime()).as("heard " + what).isLessThan(endNs);
            Thread.sleep(10);
        }
    }

    @Test
    void aLongAnswerComesByTcpOverTheSameLink() throws Exception {
        try (FakeNameServer server = serve(query -> List.of(MessageBytes.answerTo(query).flags(0x8380).build()));
                Resolver resolver = resolver()) {
            server.byStream(NamesOverLinksTest::good);
            assertThat(lookup(resolver)).containsExactly("192.0.2.1");
            assertThat(server.askedByStream()).isEqualTo(2);
            assertThat(server.askers()).containsExactly("10.77.0.2");
        }
    }
}
