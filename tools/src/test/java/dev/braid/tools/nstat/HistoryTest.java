package dev.braid.tools.nstat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code braid nstat} remembers between two calls. */
final class HistoryTest {
    @TempDir Path folder;

    @Test
    void whatWasWrittenIsReadAgain() throws IOException {
        History history = History.in(folder.resolve("h"));
        assertThat(history.read()).isEmpty();
        Map<String, Long> counted = Map.of("TcpInSegs", 12L, "TunReceiveDropVirtioChecksumPlaceAndMore", 3L, "Gauge",
                -1L);
        history.write(counted);
        assertThat(history.read()).isEqualTo(counted);
        assertThat(folder.toFile().list()).as("nothing of its writing is left").containsExactly("h");
    }

    @Test
    void aLineIsAsNstatPrintsIt() {
        assertThat(History.line("IpInReceives", 43_767))
                .isEqualTo("IpInReceives                    43767              0.0\n");
    }

    @Test
    void aDamagedFileCostsOnlyItsDamagedLines() throws IOException {
        Path file = folder.resolve("h");
        Files.writeString(file, "#kernel\nTcpInSegs 5 0.0\nnonsense\n\nTcpOutSegs 99999999999999999999999 0.0\n");
        assertThat(History.in(file).read()).isEqualTo(Map.of("TcpInSegs", 5L));
    }

    @Test
    void patternsAreAShells() {
        var wanted = NstatCommand.glob(List.of("Tcp*Segs", "Ip?n.x", "(", "IpIn*"));
        assertThat(List.of("TcpInSegs", "IpInReceives", "(")).allMatch(name -> wanted.matcher(name).matches());
        assertThat(List.of("TcpInSegsX", "XIpIn", "Ipxnyx")).noneMatch(name -> wanted.matcher(name).matches());
    }
}
