package dev.braid.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What {@code braid up}'s options make of the configuration. */
class UpOptionsTest {
    @TempDir Path folder;

    @CommandLine.Command
    private static final class Holder {
        @CommandLine.Mixin private UpOptions options = new UpOptions();
    }

    private static HostConfig read(String... words) throws Exception {
        var holder = new Holder();
        var line = new CommandLine(holder);
        dev.braid.tools.cli.Words.register(line);
        line.parseArgs(words);
        return holder.options.read();
    }

    @Test
    void optionsHaveTheLastWordOverTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("braid.toml"),
                "goal = \"latency\"\nproxy.listen = [\"127.0.0.1:1\"]\nproxy.clients = 7\n[link.eth9]\n");
        HostConfig config = read("--config", file.toString(), "--goal", "redundant", "--listen", "127.0.0.1:1081",
                "--link", "nic=wlan0,role=backup,metered=true,mtu=1400", "--link", "nic=eth0");
        assertThat(config.goal()).isEqualTo(Goal.REDUNDANT);
        assertThat(config.links()).containsExactly(
                new HostConfig.LinkConfig("wlan0", Optional.of(Role.BACKUP), Optional.of(true), 1400),
                new HostConfig.LinkConfig("eth0", Optional.empty(), Optional.empty(), 0));
        assertThat(config.proxy().listen()).singleElement().hasToString("/127.0.0.1:1081");
        assertThat(config.proxy().clients()).isEqualTo(7);
    }

    @Test
    void withoutOptionsTheFileCounts() throws Exception {
        Path file = Files.writeString(folder.resolve("braid.toml"), "[link.eth9]\nrole = \"off\"\n");
        assertThat(read("--config", file.toString()).links())
                .containsExactly(new HostConfig.LinkConfig("eth9", Optional.of(Role.OFF), Optional.empty(), 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "tun=tun0,nic=eth0            | makes the TUN devices and their addresses itself",
        "role=backup                  | nic=NAME is missing",
        "nic=eth0,role=bakcup         | did you mean \"backup\"?",
        "nic=eth0,metred=true         | unknown key \"metred\"",
        "nic=a/b                      | is no name of a network interface",
        "nic=e']                      | has no such value",
        "nic=eth0,mtu=1               | mtu is 576 to 65535",
        "nic=eth0,mtu=1]              | --link"})
    void aLinkThatDoesNotFitIsRefusedByOneLine(String link, String said) {
        assertThatThrownBy(() -> read("--link", link)).hasMessageContaining(said.strip());
    }

    @Test
    void anInterfaceIsNamedOnceAndNoMoreThanEight() {
        assertThatThrownBy(() -> read("--link", "nic=eth0", "--link", "nic=eth0,role=backup"))
                .hasMessage("--link names an interface twice");
        String[] nine = IntStream.range(0, 9).boxed().flatMap(i -> Stream.of("--link", "nic=eth" + i))
                .toArray(String[]::new);
        assertThatThrownBy(() -> read(nine)).hasMessage("--link: at most 8 links can be bound");
    }

    @Test
    void anAddressToListenOnIsNoName() {
        assertThatThrownBy(() -> read("--listen", "localhost:1080")).hasMessageContaining("is no address");
    }
}
