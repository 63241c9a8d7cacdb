package dev.braid.tundriver.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.Kernel;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.sys.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@Kernel
class NetworkNamespaceTest {
    private static String namespaceOfThisThread() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }

    @Test
    void aNewNamespaceHasOnlyItsLoopbackWhichIsUp() {
        try (NetworkNamespace ns = NetworkNamespace.create("lonely");
                Rtnetlink netlink = ns.netlink()) {
            assertThat(netlink.links()).extracting(Link::name).containsExactly("lo");
            assertThat(netlink.link("lo").up()).isTrue();
        }
    }

    @Test
    void onlyTheNamespacesThreadIsInIt() throws Exception {
        String before = namespaceOfThisThread();
        try (NetworkNamespace ns = NetworkNamespace.create("apart")) {
            String inside = ns.call(NetworkNamespaceTest::namespaceOfThisThread);
            assertThat(inside).isNotEqualTo(before);
            assertThat(namespaceOfThisThread()).isEqualTo(before);
            assertThat(ns.call(() -> ns.call(NetworkNamespaceTest::namespaceOfThisThread)))
                    .isEqualTo(inside);
        }
        assertThat(namespaceOfThisThread()).isEqualTo(before);
    }

    @Test
    void programsRunInsideIt() throws Exception {
        try (NetworkNamespace ns = NetworkNamespace.create("programs")) {
            String inside = ns.call(NetworkNamespaceTest::namespaceOfThisThread);
            assertThat(ns.exec("readlink", "/proc/self/ns/net").strip()).isEqualTo(inside);
            assertThatThrownBy(() -> ns.exec("sh", "-c", "echo why; exit 3"))
                    .hasMessage("programs: sh -c echo why; exit 3: exit status 3: why");
        }
    }

    @Test
    void closingEndsProgramsThatStillRun() throws Exception {
        Process sleeper;
        try (NetworkNamespace ns = NetworkNamespace.create("sleeper")) {
            sleeper = ns.start("sleep", "50");
            assertThat(sleeper.isAlive()).isTrue();
        }
        assertThat(sleeper.isAlive()).isFalse();
    }

    @Test
    void settingsStayInside() throws Exception {
        Path forwarding = Path.of("/proc/sys/net/ipv4/conf/lo/forwarding");
        String before = Files.readString(forwarding).strip();
        String other = before.equals("0") ? "1" : "0";
        try (NetworkNamespace ns = NetworkNamespace.create("settings")) {
            ns.sysctl("net.ipv4.conf.lo.forwarding", other);
            assertThat(ns.call(() -> Files.readString(forwarding)).strip()).isEqualTo(other);
            assertThat(Files.readString(forwarding).strip()).isEqualTo(before);
            assertThatThrownBy(() -> ns.sysctl("kernel.hostname", "x")).hasMessageContaining("kernel.hostname");
            assertThatThrownBy(() -> ns.sysctl("net.ipv4.nonsense", "1"))
                    .hasMessageContaining("settings: sysctl net.ipv4.nonsense=1");
        }
    }

    @Test
    void aVethPairJoinsTwoNamespacesAndGoesWithThem() throws Exception {
        try (NetworkNamespace left = NetworkNamespace.create("left");
                Rtnetlink here = left.netlink()) {
            try (NetworkNamespace right = NetworkNamespace.create("right");
                    Rtnetlink there = right.netlink()) {
                here.createVeth("to-right", "to-left", right.descriptor());
                int mine = here.link("to-right").index();
                int theirs = there.link("to-left").index();
                here.addAddress(mine, Prefix.parse("10.78.0.1/24"));
                there.addAddress(theirs, Prefix.parse("10.78.0.2/24"));
                here.up(mine);
                there.up(theirs);
                assertThat(left.call(() -> java.net.InetAddress.ofLiteral("10.78.0.2").isReachable(2_000)))
                        .isTrue();
                right.exec("true");
            }
            waitUntilGone(here, "to-right");
        }
    }

    /** The kernel takes a namespace apart in the background. */
    private static void waitUntilGone(Rtnetlink netlink, String name) throws InterruptedException {
        for (int i = 0; i < 500 && netlink.lookupLink(name) != null; i++) {
            Thread.sleep(Duration.ofMillis(10));
        }
        assertThat(netlink.lookupLink(name)).isNull();
    }

    @Test
    void aNamespaceThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> NetworkNamespace.enter(Path.of("/run/netns/nowhere-1")))
                .isInstanceOf(LinuxException.class)
                .hasMessageStartingWith(
                        "/run/netns/nowhere-1: open: ENOENT (No such file or directory): there is no such")
                .hasMessageContaining("ip netns list");
        assertThatThrownBy(() -> NetworkNamespace.enter(Path.of("/proc/self/status")))
                .hasMessageContaining("setns: EINVAL (Invalid argument): it is not a network namespace");
    }

    @Test
    void anExistingNamespaceCanBeEnteredByItsPath() throws Exception {
        try (NetworkNamespace made = NetworkNamespace.create("made");
                NetworkNamespace entered = NetworkNamespace.enter(made.path())) {
            assertThat(entered.call(NetworkNamespaceTest::namespaceOfThisThread))
                    .isEqualTo(made.call(NetworkNamespaceTest::namespaceOfThisThread));
        }
    }

    @Test
    void whatATaskThrowsReachesTheCaller() {
        try (NetworkNamespace ns = NetworkNamespace.create("thrower")) {
            assertThatThrownBy(() -> ns.call(() -> {
                throw new IOException("from inside");
            }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("from inside");
        }
    }
}
