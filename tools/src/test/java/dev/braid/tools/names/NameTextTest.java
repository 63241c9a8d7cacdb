package dev.braid.tools.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names as people and files write them. */
class NameTextTest {
    private long nowNs;

    @ParameterizedTest
    @CsvSource({"Example.COM, example.com", "example.com., example.com", "bücher.example, xn--bcher-kva.example",
        "_x.y, _x.y"})
    void namesAreCompared(String text, String canonical) {
        assertThat(DnsName.canonical(text)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", ".a", "a b", "a\u0000b", "a\rb", "a.b.."})
    void whatIsNoNameIsRefused(String text) {
        assertThatThrownBy(() -> DnsName.canonical(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a domain name")
                .hasMessageMatching("[ -~]*");
    }

    @Test
    void theLongestNameFitsAndNoLongerOne() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));
        assertThat(DnsName.wire(DnsName.canonical(longest))).hasSize(255);
        assertThatThrownBy(() -> DnsName.canonical(longest + 'a')).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DnsName.canonical(label + 'a')).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void eachLabelStandsBehindItsLength() {
        assertThat(DnsName.wire("ab.c")).containsExactly(2, 'a', 'b', 1, 'c', 0);
    }

    @Test
    void resolvConfIsRead() {
        ResolvConf conf = ResolvConf.parse(List.of(
                "# nameserver 1.1.1.1", "nameserver 192.0.2.1", "nameserver fe80::1%eth0", "nameserver nonsense",
                "\tnameserver\t2001:db8::53 ", "domain first.example", "search b.example. .", "options ndots:1"));
        assertThat(conf.servers()).map(DnsServer::toString).containsExactly("192.0.2.1", "2001:db8::53");
        assertThat(conf.search()).containsExactly("b.example");
    }

    @Test
    void hostsAreReadByAnyOfTheirNames() {
        HostsFile hosts = HostsFile.parse(List.of(
                "192.0.2.7 Big.Example big # the big one", "#192.0.2.8 off", "2001:db8::7 big", "fe80::1%lo0 zone"));
        assertThat(hosts.lookup("big")).map(IpAddress::toString).containsExactly("192.0.2.7", "2001:db8::7");
        assertThat(hosts.lookup("big.example")).hasSize(1);
        assertThat(hosts.lookup("off")).isEmpty();
        assertThat(hosts.lookup("zone")).isEmpty();
        assertThat(hosts.lookup("a.localhost")).contains(IpAddress.LOOPBACK_IPV4);
    }

    @Test
    void aServerOnThisHostIsPassedByWhereItSaysWhomItAsks(@TempDir Path folder) throws IOException {
        Path systemd = folder.resolve("behind.conf");
        Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.53\n");
        var sources = new NameSources(folder, systemd, () -> nowNs);
        assertThat(sources.resolvConf().servers()).map(DnsServer::toString).containsExactly("127.0.0.53");
        Files.writeString(systemd, "nameserver 192.0.2.1\nsearch home.example\n");
        nowNs += 1_000_000_000L;
        assertThat(sources.resolvConf().servers()).map(DnsServer::toString).containsExactly("192.0.2.1");
        assertThat(sources.resolvConf().search()).containsExactly("home.example");
        sources.configure(List.of(new InetSocketAddress("192.0.2.9", 5353)));
        assertThat(sources.resolvConf().servers()).map(DnsServer::toString).containsExactly("192.0.2.9 port 5353");
    }

    @Test
    void aChangedFileIsReadAgainAtMostOnceASecond(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("resolv.conf");
        var sources = new NameSources(folder, folder.resolve("none"), () -> nowNs);
        assertThat(sources.resolvConf().servers()).isEmpty();
        Files.writeString(file, "nameserver 192.0.2.1\n");
        nowNs += 999_999_999L;
        assertThat(sources.resolvConf().servers()).isEmpty();
        nowNs += 1;
        assertThat(sources.resolvConf().servers()).hasSize(1);
        Files.delete(file);
        nowNs += 1_000_000_000L;
        assertThat(sources.resolvConf().servers()).isEmpty();
    }

    @Test
    void aLongListOfBlockedNamesIsReadAndAnEndlessOneIsNot(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("hosts");
        Files.writeString(file, "0.0.0.0 tracker.example\n".repeat(100_000) + "192.0.2.7 last.example\n");
        var sources = new NameSources(folder, folder.resolve("none"), () -> nowNs);
        assertThat(sources.hosts().lookup("last.example")).hasSize(1);
        Files.writeString(file, "#".repeat(16 << 20) + "\n192.0.2.7 last.example\n");
        nowNs += 1_000_000_000L;
        assertThat(sources.hosts().lookup("last.example")).isEmpty();
    }

    @Test
    void answersAreBelievedForTheirTimeWithinBounds() {
        var cache = new NameCache();
        var question = new DnsQuestion("a.example", true);
        var found = new DnsReply(DnsReply.Kind.FOUND, List.of(IpAddress.LOOPBACK_IPV4), 1_000_000, "");
        cache.keep(question, found, 0);
        assertThat(cache.lookup(question, 299_999_999_999L)).isEqualTo(found);
        assertThat(cache.lookup(question, 300_000_000_000L)).isNull();
        cache.keep(question, DnsReply.of(DnsReply.Kind.NOTHING), 0);
        assertThat(cache.lookup(question, 4_999_999_999L)).isNotNull();
        assertThat(cache.lookup(question, 5_000_000_000L)).isNull();
        for (int i = 0; i <= NameCache.MAX_ENTRIES; i++) {
            cache.keep(new DnsQuestion("n" + i, true), found, 0);
        }
        assertThat(cache.lookup(new DnsQuestion("n0", true), 0)).isNull();
        assertThat(cache.lookup(new DnsQuestion("n1", true), 0)).isNotNull();
    }
}
