package dev.braid.tools.mptcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.braid.fastpath.device.MemoryWire;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.PathRequests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command against a stack in this process. What it prints and complains about is what iproute2 6.1 printed on Linux 6.18. */
@Timeout(60)
final class MptcpCommandTest {
    private Stack stack;
    private PathRequests requests;

    @BeforeEach
    void start() throws IOException {
        stack = Stack.builder()
                .link(Link.over(new MemoryWire(1500, 0).left(), "v0").address("10.0.0.1/24"))
                .link(Link.over(new MemoryWire(1500, 0).left(), "v1").address("10.0.1.1/24"))
                .start();
        requests = new PathRequests(stack);
        stack.paths().flush();
    }

    @AfterEach
    void stop() {
        stack.close();
    }

    private String run(String line) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var command = new MptcpCommand(requests::answer, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        CommandLine parser = new CommandLine(command);
        parser.parseArgs(line.split(" "));
        assertThat(command.call()).isZero();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void endpointsAreShownAsIpShowsThem() throws IOException {
        run("endpoint add 10.0.0.1 dev v0 id 3 subflow backup");
        run("endpoint add 10.0.1.1 signal port 5000 dev v1");
        run("endpoint add fd00::7 subflow fullmesh backup dev v0");
        run("endpoint add 10.0.0.4");
        String shown = """
                10.0.0.1 id 3 subflow backup dev v0\s
                10.0.1.1 port 5000 id 4 signal dev v1\s
                fd00::7 id 5 subflow backup fullmesh dev v0\s
                10.0.0.4 id 6\s
                """;
        assertThat(run("endpoint show")).isEqualTo(shown);
        assertThat(run("endpoint")).isEqualTo(shown);
        assertThat(run("e s")).as("any beginning of a word").isEqualTo(shown);
        assertThat(run("endpoint show id 4")).isEqualTo("10.0.1.1 port 5000 id 4 signal dev v1 \n");
        assertThat(run("-j endpoint"))
                .isEqualTo("[{\"address\":\"10.0.0.1\",\"id\":3,\"subflow\":true,\"backup\":true,\"dev\":\"v0\"},"
                        + "{\"address\":\"10.0.1.1\",\"port\":5000,\"id\":4,\"signal\":true,\"dev\":\"v1\"},"
                        + "{\"address\":\"fd00::7\",\"id\":5,\"subflow\":true,\"backup\":true,\"fullmesh\":true,"
                        + "\"dev\":\"v0\"},{\"address\":\"10.0.0.4\",\"id\":6}]\n");
    }

    @Test
    void changesTouchBackupAndFullmeshAlone() throws IOException {
        run("endpoint add 10.0.0.1 id 3 subflow backup");
        run("endpoint change id 3 nobackup fullmesh");
        assertThat(run("endpoint show")).isEqualTo("10.0.0.1 id 3 subflow fullmesh \n");
        run("endpoint change 10.0.0.1 backup nofullmesh");
        assertThat(run("endpoint show")).isEqualTo("10.0.0.1 id 3 subflow backup \n");
        run("endpoint delete id 3");
        assertThat(run("endpoint show")).isEmpty();
        assertThat(run("-j endpoint show")).isEqualTo("[]\n");
    }

    @Test
    void wordsMayBeShortened() throws IOException {
        run("e a 10.0.0.1 d v0 i 3 subflow backup");
        run("endpoint add 10.0.1.1 signal po 5000 de v1");
        assertThat(run("endpoint show i 3")).isEqualTo("10.0.0.1 id 3 subflow backup dev v0 \n");
        assertThat(run("endpoint show id 4")).isEqualTo("10.0.1.1 port 5000 id 4 signal dev v1 \n");
        run("endpoint del i 3");
        assertThat(run("endpoint")).isEqualTo("10.0.1.1 port 5000 id 4 signal dev v1 \n");
    }

    @Test
    void anAddressIsFoundWithItsPortAndElseWithoutOne() throws IOException {
        run("endpoint add 10.0.0.9 id 3 subflow nobackup");
        run("endpoint add 10.0.0.9 id 4 signal port 5000");
        run("endpoint change 10.0.0.9 port 5000 backup");
        assertThat(run("endpoint show"))
                .isEqualTo("10.0.0.9 id 3 subflow \n10.0.0.9 port 5000 id 4 signal backup \n");
        run("endpoint change 10.0.0.9 port 81 backup");
        assertThat(run("endpoint show id 3")).isEqualTo("10.0.0.9 id 3 subflow backup \n");
    }

    @Test
    void limitsAreShownAndSet() throws IOException {
        assertThat(run("limits")).isEqualTo("add_addr_accepted 0 subflows 2 \n");
        run("limits set subflows 4 add_addr_accepted 3");
        assertThat(run("limits show")).isEqualTo("add_addr_accepted 3 subflows 4 \n");
        run("limits set subflow 200");
        assertThat(run("-j limits show")).isEqualTo("[{\"add_addr_accepted\":3,\"subflows\":200}]\n");
    }

    @Test
    void helpShowsTheGrammar() throws IOException {
        assertThat(run("help")).contains("braid mptcp endpoint add ADDRESS [ dev NAME ] [ id ID ]");
    }

    @Test
    void everyLinksAddressIsAnEndpointUnlessFlushed() throws IOException {
        stack.paths().addAddress("v1", Prefix.parse("10.0.1.9/24"));
        assertThat(run("endpoint show")).isEqualTo("10.0.1.9 id 1 subflow dev v1 \n");
        stack.paths().removeAddress("v1", Prefix.parse("10.0.1.9/24"));
        assertThat(run("endpoint show")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "endpoint add|argument \"ADDRESS\" is required",
        "endpoint add nonsense|any valid address is expected rather than \"nonsense\".",
        "endpoint add 10.0.0.77 id 300|argument \"300\" is wrong: invalid ID",
        "endpoint add 10.0.0.77 bogus|any valid address is expected rather than \"bogus\".",
        "endpoint add 10.0.0.1 port 5000|argument \"port\" is wrong: flags must have signal when using port",
        "endpoint add 10.0.0.1 signal fullmesh|argument \"fullmesh\" is wrong: flags mustn't have both signal and fullmesh",
        "endpoint add 10.3.3.4 port 99999 signal|argument \"99999\" is wrong: expected port",
        "endpoint add 10.3.3.4 dev|Command line is not complete. Try option \"help\"",
        "endpoint delete|argument \"ID\" is required",
        "endpoint delete id 0|argument \"ID\" is wrong: address is needed for deleting id 0 address",
        "endpoint delete id 3 1.2.3.4|argument \"ADDRESS\" is wrong: invalid for non-zero id address",
        "endpoint change id 3 port 5000 backup|argument \"port\" is wrong: port can't be used with id",
        "endpoint change id 3 nosignal|any valid address is expected rather than \"nosignal\".",
        "endpoint add 10.3.3.4 signal po 99999|argument \"99999\" is wrong: expected port",
        "endpoint delete i 0|argument \"ID\" is wrong: address is needed for deleting id 0 address",
        "endpoint change id 3 signal|argument \"signal\" is wrong: invalid flags, backup and fullmesh only",
        "endpoint show id foo|argument \"foo\" is wrong: invalid ID",
        "endpoint foo|Command \"foo\" is unknown, try \"braid mptcp --help\".",
        "foo|Command \"foo\" is unknown, try \"braid mptcp --help\".",
        "monitor xxx|Command \"xxx\" is unknown, try \"braid mptcp --help\".",
        "limits set subflows x|argument \"x\" is wrong: invalid subflows",
        "limits set add_addr_accepted|Command line is not complete. Try option \"help\"",
        "limits set bogus 3|argument \"bogus\" is wrong: unknown limit"})
    void wrongWordsAreComplainedAboutAsIpDoes(String line, String complaint) {
        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> run(line))
                .withMessage(complaint)
                .satisfies(error -> assertThat(error.status()).isEqualTo(2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"endpoint add 10.0.0.3 id 5|too many addresses or duplicate one: -17.",
        "endpoint add 10.0.0.4 id 3|too many addresses or duplicate one: -16.",
        "endpoint delete id 77|address not found.",
        "endpoint change id 66 backup|address not found.",
        "endpoint change id 4 fullmesh|invalid addr flags.",
        "endpoint change backup|missing address ID.",
        "endpoint change id 0 backup|missing address ID.",
        "endpoint change id 3 10.0.0.8 backup|address not found.",
        "endpoint add 10.0.0.5 signal subflow port 5000|flags must have signal and not subflow when using port.",
        "endpoint add 10.0.0.77 dev nope|argument \"nope\" is wrong: device does not exist"})
    void whatTheStackRefusesIsToldInTheKernelsWords(String line, String complaint) throws IOException {
        run("endpoint add 10.0.0.3 id 3");
        run("endpoint add 10.0.0.9 id 4 signal");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> run(line))
                .withMessage(complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoint show id 99", "endpoint show id 0", "endpoint show 10.0.0.9",
        "endpoint show port 4"})
    void anEndpointThatIsNotThereIsAFailure(String line) throws IOException {
        run("endpoint add 10.0.0.9");
        assertThatExceptionOfType(UserError.class)
                .isThrownBy(() -> run(line))
                .withMessage("address not found.")
                .satisfies(error -> assertThat(error.status()).isEqualTo(1));
    }

    @Test
    void hostileRequestsAreRefused() {
        for (Map<String, Object> request : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("do", 7),
                Map.of("do", "add"),
                Map.of("do", "add", "address", "10.0.0.5", "flags", -1),
                Map.of("do", "add", "address", "10.0.0.5", "id", "x"),
                Map.of("do", "limits", "subflows", 256))) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> requests.answer(request));
        }
    }
}
