package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transfers between Braid and the Linux kernel over a simulated link between two TUNs. */
@Tag("kernel")
@Timeout(120)
class ImpairedPathTest {
    private static final long MS = 1_000_000;
    private static final long BYTES = 2 << 20;

    /** What the path does to packets. */
    enum Path {
        DELAY(LinkConfig.PERFECT.delay(10 * MS)),
        LOSS(LinkConfig.PERFECT.delay(5 * MS).loss(0.01)),
        BURSTS(LinkConfig.PERFECT.delay(5 * MS).bursts(0.005, 0.3, 0.8)),
        REORDERING(LinkConfig.PERFECT.delay(5 * MS).reorder(0.02, 3 * MS)),
        DUPLICATION(LinkConfig.PERFECT.delay(2 * MS).duplicate(0.05)),
        CORRUPTION(LinkConfig.PERFECT.delay(2 * MS).corrupt(0.01)),
        NARROW(LinkConfig.PERFECT.rate(50_000_000).delay(10 * MS).queue(64 << 10)),
        EVERYTHING(LinkConfig.PERFECT.rate(100_000_000).delay(5 * MS).jitter(2 * MS).loss(0.01).reorder(0.01, 4 * MS)
                .duplicate(0.01).corrupt(0.005));

        final LinkConfig config;

        Path(LinkConfig config) {
            this.config = config;
        }
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    void bothDirectionsArriveWhole(Path path) throws Exception {
        for (boolean v6 : new boolean[] {false, true}) {
            try (ImpairedBed bed = ImpairedBed.start(path.config)) {
                oneWay(bed, v6, true);
                oneWay(bed, v6, false);
            }
        }
    }

    private static void oneWay(ImpairedBed bed, boolean v6, boolean braidSends) throws Exception {
        try (ServerSocketChannel listener = bed.kernelListens(v6);
                SocketChannel ours = bed.braidConnects(listener);
                SocketChannel theirs = listener.accept()) {
            SocketChannel from = braidSends ? ours : theirs;
            SocketChannel to = braidSends ? theirs : ours;
            var sent = Streams.async(() -> {
                String digest = Streams.send(from, 7, BYTES);
                from.shutdownOutput();
                return digest;
            });
            var received = Streams.async(() -> Streams.receive(to));
            assertThat(received.get(60, TimeUnit.SECONDS))
                    .as((braidSends ? "up" : "down") + (v6 ? " v6" : " v4"))
                    .isEqualTo(sent.get(1, TimeUnit.SECONDS));
        }
    }
}
