package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.tools.emu.LinkEmulator;
import dev.braid.tools.emu.LinkEnd;
import dev.braid.tools.emu.LinkPlan;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** An emulated link that cannot be opened leaves nothing behind. */
@Tag("kernel")
@Timeout(60)
@Isolated("it counts the process's descriptors")
class LinkEmulatorFailureTest {
    private static final LinkPlan PLAN = LinkPlan.symmetric(LinkConfig.PERFECT, 1);

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void noNamespaceStaysOpenWhenTheSecondEndIsNone() throws IOException {
        try (var left = NetworkNamespace.create("emu-left"); var right = NetworkNamespace.create("emu-right")) {
            var one = new LinkEnd("tun", "emu0", List.of(), left.path());
            // The loopback device is there, and no TUN.
            var other = new LinkEnd("tun", "lo", List.of(), right.path());
            assertThatThrownBy(() -> LinkEmulator.start(one, other, PLAN)).isInstanceOf(DeviceException.class);
            long before = descriptors();
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> LinkEmulator.start(one, other, PLAN)).isInstanceOf(DeviceException.class);
            }
            assertThat(descriptors()).isEqualTo(before);
        }
    }
}
