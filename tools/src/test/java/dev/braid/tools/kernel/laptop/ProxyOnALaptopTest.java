package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Rtnetlink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the proxy does not give to the stack, and how much of it one client can take. */
@Tag("kernel")
@Timeout(180)
class ProxyOnALaptopTest {
    private static final int MOST = 32;
    private static final long SLOW_BYTES = 500_000_000;
    private static final int FAST_BYTES = 4_000_000;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    @TempDir private Path folder;

    private final List<SocksClient> clients = new ArrayList<>();
    private LaptopBed bed;
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(folder.resolve("braid.toml"), """
                [dns]
                servers = ["%s:53"]
                [proxy]
                clients = %d
                """.formatted(LaptopBed.NAME_SERVER, MOST));
        bed = LaptopBed.start();
        daemon = Daemon.up(bed, folder);
    }

    @AfterEach
    void end() throws Exception {
        for (SocksClient client : clients) {
            client.close();
        }
        daemon.close();
        bed.close();
    }

    private SocksClient ask(String host) throws IOException {
        SocksClient client = SocksClient.ask(bed, host);
        clients.add(client);
        return client;
    }

    @Test
    void attachedNetworksAndThoseOfAVpnAreReachedByTheKernel() throws Exception {
        String gateway = bed.nic("eth0").gatewayAddress();
        makeVpn("10.9.0.2/16", "10.9.0.1/16");
        bed.add(WebServer.plain(bed.router(), gateway, LaptopBed.HTTP));
        bed.add(WebServer.plain(bed.router(), "10.9.0.1", LaptopBed.HTTP));
        assertThat(ask(gateway).download(100_000)).isEqualTo(WebServer.digest(100_000));
        assertThat(ask("10.9.0.1").download(100_000)).isEqualTo(WebServer.digest(100_000));
        JsonNode connections = daemon.status().get("connections");
        assertThat(connections.get(0).get("how").asString())
                .isEqualTo("by the kernel: 192.168.10.0/24 is attached to eth0");
        assertThat(connections.get(1).get("how").asString())
                .isEqualTo("by the kernel: the route to 10.9.0.0/16 leaves by wg0");
        assertThat(connections.get(1).get("link").asString()).isEmpty();
        assertThat(daemon.ask("ss", "-n")).as("connections of the stack").doesNotContain(gateway)
                .doesNotContain("10.9.");
    }

    private void makeVpn(String near, String far) {
        try (Rtnetlink laptop = bed.laptop().netlink(); Rtnetlink router = bed.router().netlink()) {
            laptop.createVeth("wg0", "wg-far", bed.router().descriptor());
            int device = laptop.link("wg0").index();
            laptop.addAddress(device, Prefix.parse(near));
            laptop.up(device);
            int peer = router.link("wg-far").index();
            router.addAddress(peer, Prefix.parse(far));
            router.up(peer);
        }
    }

    @Test
    void aStoppedReaderHoldsUpNobodyTheThirtyThirdIsTurnedAwayAndTheDeadLeaveNothing() throws Exception {
        ask(LaptopBed.MPTCP_SERVER).request(SLOW_BYTES);
        for (int i = 1; i < MOST; i++) {
            assertThat(ask(LaptopBed.MPTCP_SERVER).reply()).isZero();
        }
        SocksClient last = ask(LaptopBed.MPTCP_SERVER);
        assertThat(last.reply()).as("reply to one too many").isEqualTo(1);
        long beganNs = System.nanoTime();
        assertThat(clients.get(1).download(FAST_BYTES)).isEqualTo(WebServer.digest(FAST_BYTES));
        // All links together carry it in half a second.
        assertThat(System.nanoTime() - beganNs).isLessThan(TimeUnit.SECONDS.toNanos(10));
        clients.get(2).request(SLOW_BYTES);
        for (SocksClient client : clients) {
            client.die();
        }
        long endNs = System.nanoTime() + LIMIT_NS;
        for (JsonNode left = connections(); !left.isEmpty(); left = connections()) {
            assertThat(System.nanoTime()).as("connections of the dead: " + left).isLessThan(endNs);
            Thread.sleep(10);
        }
        assertThat(ask(LaptopBed.MPTCP_SERVER).download(1_000)).as("there is room again")
                .isEqualTo(WebServer.digest(1_000));
        daemon.stop();
    }

    private JsonNode connections() {
        return daemon.status().get("connections");
    }
}
