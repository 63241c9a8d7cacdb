package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon looks names up over its links: only the name server behind them knows these. */
@Tag("kernel")
@Timeout(120)
class NamesTest {
    @TempDir private Path folder;

    @Test
    void namesAndAddressesAreReachedOverWhateverLinkIsLeft() throws Exception {
        try (LaptopBed bed = LaptopBed.start(); Daemon daemon = Daemon.up(bed, folder)) {
            var socks = new Curl(bed, folder, Curl.SOCKS);
            var connect = new Curl(bed, folder, Curl.HTTP_CONNECT);
            socks.download("mptcp.test", 100_000);
            socks.download("[2001:db8:ff::1]", 100_000);
            connect.download("[2001:db8:ff::2]", 100_000);
            bed.nic("eth0").pull();
            bed.nic("wifi0").pull();
            // Another name: the first one is remembered.
            connect.download("plain.test", 100_000);
            assertThatThrownBy(() -> socks.download("nobody.test", 1))
                    .as("SOCKS5's reply to a name that does not exist (RFC 1928 section 6)")
                    .hasMessageContaining("exit status 97: ")
                    .hasMessageContaining("nobody.test. (4)");
            daemon.stop();
        }
    }
}
