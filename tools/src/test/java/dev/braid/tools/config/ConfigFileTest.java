package dev.braid.tools.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tools.host.Goal;
import dev.braid.tools.host.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configuration file as people write it, well and badly. */
class ConfigFileTest {
    private static final String WHOLE = """
            goal = "latency"
            [goals]
            ":22" = "handover"
            "*.Example.net" = "redundant"
            "[2001:db8::1]:443" = "aggregate"
            [link.wlan0]
            role = "backup"
            metered = true
            mtu = 1400
            [link."enx0.1"]
            [proxy]
            listen = ["127.0.0.1:1081", "[::1]:1081"]
            clients = 100
            clients_each = 10
            idle_seconds = 60
            [proxy.users]
            "an\\"na" = "pass\\\\word\\t"
            [dns]
            servers = ["9.9.9.9", "[2620:fe::fe]:5353"]
            [bypass]
            networks = ["203.0.113.0/24", "2001:db8::5"]
            names = ["intranet.example", "*.corp.example"]
            [binding]
            table = 8000
            protocol = 78
            pool4 = "10.9.0.0/24"
            pool6 = "fd00:9::/48"
            ipv6 = "off"
            spare_links = 0
            [admin]
            group = "netdev"
            [doctor]
            server = "mptcp.example:443"
            [sysctl]
            "net.ipv4.tcp_congestion_control" = "bbr"
            """;

    @TempDir Path folder;

    private static List<String> problems(String text) {
        try {
            ConfigFile.parse("braid.toml", text);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    @Test
    void everyKeyIsRead() throws Exception {
        HostConfig config = ConfigFile.parse("braid.toml", WHOLE);
        assertThat(config.goal()).isEqualTo(Goal.LATENCY);
        assertThat(config.goals()).containsEntry(":22", Goal.HANDOVER).containsEntry("*.example.net", Goal.REDUNDANT)
                .containsEntry("[2001:db8::1]:443", Goal.AGGREGATE);
        assertThat(config.links()).containsExactly(
                new HostConfig.LinkConfig("wlan0", Optional.of(Role.BACKUP), Optional.of(true), 1400),
                new HostConfig.LinkConfig("enx0.1", Optional.empty(), Optional.empty(), 0));
        assertThat(config.proxy().users()).containsEntry("an\"na", "pass\\word\t");
        assertThat(config.dns().servers().getFirst().getPort()).isEqualTo(53);
        assertThat(config.bypass().networks()).extracting(Object::toString)
                .containsExactly("203.0.113.0/24", "2001:db8::5/128");
        assertThat(config.binding().spareLinks()).isZero();
        assertThat(config.sysctl()).containsEntry("net.ipv4.tcp_congestion_control", "bbr");
    }

    @Test
    void whatIsPrintedReadsBackEqual() throws Exception {
        for (HostConfig config : List.of(ConfigFile.parse("braid.toml", WHOLE), ConfigFile.defaults())) {
            assertThat(ConfigFile.parse("printed", ConfigPrinter.print(config))).isEqualTo(config);
        }
    }

    @Test
    void theProxyListensOnBothLoopbackAddressesUnlessToldOtherwise() {
        assertThat(ConfigFile.defaults().proxy().listen()).extracting(ConfigValues::text)
                .containsExactly("127.0.0.1:1080", "[::1]:1080");
    }

    @Test
    void anUnknownKeyIsRefusedWithItsLineAndTheNearestName() {
        assertThat(problems("goal = \"latency\"\n\n[porxy]\nlisten = []\n"))
                .containsExactly("braid.toml:3: unknown key \"porxy\"; did you mean \"proxy\"?");
        assertThat(problems("[link.wlan0]\nroel = \"backup\"\n"))
                .containsExactly("braid.toml:2: unknown key \"roel\"; did you mean \"role\"?");
    }

    @Test
    void allThatIsWrongIsToldAtOnceInTheFilesOrder() {
        assertThat(problems("goal = \"fast\"\n[proxy]\nclients = 0\nlisten = [\"localhost:1080\"]\n")).containsExactly(
                "braid.toml:1: \"fast\" is no goal; there are aggregate, latency, redundant, handover",
                "braid.toml:3: clients is 1 to 65536, not 0",
                "braid.toml:4: listen: \"localhost\" is no address");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "goal = 3                                  | goal is a text in quotes",
        "goal = 'latncy'                           | did you mean \"latency\"?",
        "link.all = {}                             | \"all\" is no name of a network interface",
        "link.'a/b' = {}                           | is no name of a network interface",
        "link = 3                                  | link is a table",
        "link.w = {role = 'overflw'}               | did you mean \"overflow\"?",
        "link.w = {mtu = 100}                      | mtu is 576 to 65535, not 100",
        "link.w = {metered = 'yes'}                | metered is true or false",
        "goals.':99999' = 'latency'                | a port is 1 to 65535",
        "goals.'a*b' = 'latency'                   | is no name",
        "proxy.listen = ['192.0.2.1:1080']         | other than loopback addresses need [proxy.users]",
        "proxy.listen = ['127.0.0.1']              | is no ADDRESS:PORT",
        "proxy.listen = [1080]                     | listen is a list of texts in quotes",
        "proxy.users.anna = ''                     | 1 to 255 letters",
        "dns.servers = ['dns.example']             | is no ADDRESS:PORT",
        "bypass.networks = ['10.0.0.0/33']         | is no network",
        "bypass.names = ['a b']                    | is no name",
        "binding.pool4 = '10.0.0.0/30'             | pool4 is an IPv4 network of at least 32 addresses",
        "binding.pool6 = 'fd00::/64'               | pool6 is an IPv6 network",
        "binding.ipv6 = 'of'                       | did you mean \"off\"?",
        "admin.folder = '/run/elsewhere'           | unknown key \"folder\"",
        "doctor.server = 'example.net'             | is no HOST:PORT",
        "sysctl.x = 3                              | x is a text in quotes",
        "goal = 'latency                           | braid.toml:1: "})
    void aValueThatDoesNotFitIsRefusedByOneLine(String text, String said) {
        assertThat(problems(text)).singleElement().asString().startsWith("braid.toml:1: ").contains(said.strip());
    }

    @Test
    void aKeyThatIsThereTwiceIsRefused() {
        assertThat(problems("goal = \"latency\"\ngoal = \"handover\"\n")).singleElement().asString()
                .startsWith("braid.toml:2: ").contains("goal");
    }

    @Test
    void controlBytesOfANameAreNotPrinted() {
        assertThat(problems("\"a\\u001b[2J\" = 1")).singleElement().asString().contains("a?[2J");
    }

    @Test
    void aDeepNestIsRefusedNotFollowed() {
        assertThat(problems("goal = " + "[".repeat(100_000))).isNotEmpty();
    }

    @Test
    void aHugeFileIsNotRead() throws IOException {
        Path file = Files.write(folder.resolve("braid.toml"), new byte[ConfigFile.MAX_BYTES + 1]);
        assertThatThrownBy(() -> ConfigFile.read(file)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most");
    }

    @Test
    void passwordsInAFileThatOthersReadAreRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("braid.toml"), "proxy.users.anna = \"secret\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> ConfigFile.read(file)).hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(ConfigFile.read(file).proxy().users()).containsKey("anna");
    }

    @ParameterizedTest
    @CsvSource({"*,,0,*", "'',,-1,", "*:22,,22,:22", ":22,,22,:22", "A.example,a.example,0,a.example",
        "a.example:443,a.example,443,a.example:443", "2001:db8::1,2001:db8::1,0,2001:db8::1",
        "[2001:db8::1],2001:db8::1,0,2001:db8::1", "[2001:db8::1]:22,2001:db8::1,22,[2001:db8::1]:22"})
    void aRuleNamesAHostAPortOrBoth(String text, String host, int port, String shown) {
        if (port < 0) {
            assertThatThrownBy(() -> GoalRule.parse(text)).isInstanceOf(IllegalArgumentException.class);
            return;
        }
        assertThat(GoalRule.parse(text)).isEqualTo(new GoalRule(host, port)).hasToString(shown);
    }
}
