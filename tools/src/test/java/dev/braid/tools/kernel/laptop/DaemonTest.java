package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One {@code braid up} and those who ask it, tell it and may not. */
@Tag("kernel")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DaemonTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final String NAME_SERVER = "[dns]\nservers = [\"" + LaptopBed.NAME_SERVER + ":53\"]\n";
    /** A group of every Debian, and a user who is in none. */
    private static final String GROUP = "games";
    private static final String NOBODY = "65534";

    private Path folder;
    private LaptopBed bed;
    private Daemon daemon;

    @BeforeAll
    void start(@TempDir Path given) throws Exception {
        folder = given;
        bed = LaptopBed.start();
        daemon = Daemon.up(bed, folder);
    }

    @AfterAll
    void end() {
        daemon.close();
        bed.close();
    }

    /** Has the daemon read this configuration and waits until its log says what came of it. */
    private void configure(String text, String told) throws Exception {
        Files.writeString(folder.resolve("braid.toml"), text);
        int before = daemon.log().size();
        daemon.process().signal("HUP");
        await("the log tells " + told,
                () -> daemon.log().stream().skip(before).anyMatch(line -> line.contains(told)));
    }

    private static void await(String what, BooleanSupplier happened) throws InterruptedException {
        long until = System.nanoTime() + LIMIT_NS;
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime() - until).as(what).isNegative();
            Thread.sleep(20);
        }
    }

    private Path socket() {
        return folder.resolve("braid/admin.sock");
    }

    private JsonNode link(String name) {
        return StreamSupport.stream(daemon.status().get("links").spliterator(), false)
                .filter(link -> link.get("name").asString().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aHangupAppliesTheConfigurationAndABadOneChangesNothing() throws Exception {
        configure("goal = \"latency\"\n" + NAME_SERVER + "[link.wifi0]\nrole = \"backup\"\n",
                "which links there are waits for a restart");
        assertThat(daemon.status().get("goal").asString()).isEqualTo("latency");
        assertThat(link("wifi0").get("role").asString()).isEqualTo("backup");
        assertThat(link("wifi0").get("role_by").asString()).isEqualTo("configuration");
        configure("goal = \"latncy\"\n[goals]\n\":22\" = \"handover\"\n", "did you mean \"latency\"?");
        assertThat(daemon.status().get("goal").asString()).isEqualTo("latency");
        assertThat(daemon.status().get("goals").toString()).doesNotContain(":22");
        configure("goal = \"redundant\"\n" + NAME_SERVER, "the configuration was read again");
        assertThat(daemon.status().get("goal").asString()).isEqualTo("redundant");
        assertThat(link("wifi0").get("role").asString()).isEqualTo("primary");
    }

    @Test
    void rolesAndGoalsByCommandLastUntilTheConfigurationIsReadAgain() throws Exception {
        daemon.ask("link", "lte0", "backup");
        daemon.ask("link", "--goal", "handover=*.example.net:22");
        assertThat(link("lte0").get("role").asString()).isEqualTo("backup");
        assertThat(link("lte0").get("role_by").asString()).isEqualTo("command");
        assertThat(link("lte0").get("why").asString()).contains("stands by");
        assertThat(daemon.status().get("goals").toString()).contains("*.example.net:22 handover");
        configure(NAME_SERVER, "the configuration was read again");
        assertThat(link("lte0").get("role").asString()).isEqualTo("primary");
        assertThat(daemon.status().get("goals").toString()).doesNotContain("handover");
    }

    @Test
    void statusTellsAllOfLinksAndConnectionsAtOnce() throws Exception {
        configure(NAME_SERVER, "the configuration was read again");
        Process curl = bed.laptop().start("curl", "-sS", "-m", "30", "--limit-rate", "150k", "-o", "/dev/null",
                "--socks5-hostname", "127.0.0.1:1080", "http://" + LaptopBed.MPTCP_SERVER + "/3000000");
        try {
            await("a connection over all links", () -> {
                JsonNode connections = daemon.status().get("connections");
                return connections.size() == 1 && connections.get(0).get("subflows").size() >= 3
                        && connections.get(0).get("rx_bytes").asLong() > 300_000;
            });
            JsonNode status = daemon.status();
            JsonNode connection = status.get("connections").get(0);
            assertThat(connection.get("to").asString()).isEqualTo(LaptopBed.MPTCP_SERVER + ":80");
            assertThat(connection.get("protocol").asString()).isEqualTo("mptcp");
            assertThat(connection.get("fallback").asString()).isEmpty();
            assertThat(connection.get("subflows").findValuesAsString("link")).contains("eth0", "wifi0", "lte0");
            assertThat(status.get("daemon").has("version")).isTrue();
            assertThat(status.get("name_servers").toString()).isEqualTo("[\"" + LaptopBed.NAME_SERVER + ":53\"]");
            assertThat(status.get("links").size()).isEqualTo(3);
            for (JsonNode link : status.get("links")) {
                assertThat(link.get("why").asString()).isEqualTo("used");
                assertThat(link.get("role_by").asString()).isEqualTo("default");
                assertThat(link.get("gateways").size()).as("gateways of " + link).isPositive();
                assertThat(link.get("addresses").toString()).contains("192.168.");
                assertThat(link.get("rtt_ms").asDouble()).as("round trip of " + link).isPositive();
                assertThat(link.get("subflows").asInt()).isPositive();
                assertThat(link.get("rx_bytes").asLong()).isPositive();
            }
            assertThat(status.get("links").findValues("loss")).as("of the link that the request left by, at least")
                    .anyMatch(JsonNode::isNumber);
        } finally {
            curl.destroyForcibly();
        }
    }

    @Test
    void othersGetNoAnswerAndMembersOfTheGroupDo() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        configure(NAME_SERVER, "the configuration was read again");
        assertThat(askAs(GROUP, "status")).as("without admin.group").startsWith("no way in");
        configure(NAME_SERVER + "[admin]\ngroup = \"" + GROUP + "\"\n", "the configuration was read again");
        assertThat(askAs(GROUP, "status")).contains("\"links\":");
        assertThat(askAs(GROUP, "counters")).contains("\"TcpInSegs\":");
        assertThat(askAs(GROUP, "capture\",\"links\":[],\"snaplen\":64,\"ring_bytes\":1048576,\"x\":\""))
                .contains("the ring opens");
        assertThat(askAs(NOBODY, "status")).as("by the socket's permissions").startsWith("no way in");
        Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(askAs(NOBODY, "status")).as("by who the kernel says asks").contains("this user may not ask");
    }

    /** What a user nobody of that group is answered. */
    private String askAs(String group, String op) throws IOException, InterruptedException {
        Path program = folder.resolve("asks");
        Path file = program.resolve(AskAdmin.class.getName().replace('.', '/') + ".class");
        if (Files.notExists(file)) {
            Files.createDirectories(file.getParent());
            try (InputStream compiled = AskAdmin.class.getResourceAsStream("AskAdmin.class")) {
                Files.write(file, compiled.readAllBytes());
            }
        }
        Process asks = new ProcessBuilder(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + group, "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                program.toString(), AskAdmin.class.getName(), socket().toString(), "{\"op\":\"" + op + "\"}"))
                .redirectErrorStream(true).start();
        String said = new String(asks.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(asks.waitFor()).as(said).isZero();
        return said;
    }
}
