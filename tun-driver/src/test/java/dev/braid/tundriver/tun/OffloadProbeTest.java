package dev.braid.tundriver.tun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Offloads;
import dev.braid.tundriver.sys.Errno;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class OffloadProbeTest {
    private int on = -1;

    /** A kernel that knows these {@code TUN_F_…} bits and, like Linux, refuses a set with any other. */
    private IntUnaryOperator kernelThatKnows(int bits) {
        return wanted -> {
            if ((wanted & ~bits) != 0) {
                return -Errno.EINVAL;
            }
            on = wanted;
            return 0;
        };
    }

    @Test
    void aNewKernelGetsAllAtOnce() {
        assertThat(OffloadProbe.negotiate(TunOptions.ALL_OFFLOADS, kernelThatKnows(0x6f)))
                .isEqualTo(TunOptions.ALL_OFFLOADS);
        assertThat(on).isEqualTo(0x6f);
    }

    @Test
    void anOlderKernelKeepsWhatItKnows() {
        assertThat(OffloadProbe.negotiate(TunOptions.ALL_OFFLOADS, kernelThatKnows(0x0f)))
                .isEqualTo(TunOptions.ALL_OFFLOADS & ~Offloads.USO);
        assertThat(on).isEqualTo(0x0f);
    }

    @Test
    void udpSegmentationIsAskedForInBothFamiliesOrNotAtAll() {
        assertThat(OffloadProbe.negotiate(TunOptions.ALL_OFFLOADS, kernelThatKnows(0x2f)))
                .isEqualTo(TunOptions.ALL_OFFLOADS & ~Offloads.USO);
        assertThat(on).isEqualTo(0x0f);
    }

    @Test
    void aKernelWithoutAnyLeavesAllOff() {
        assertThat(OffloadProbe.negotiate(TunOptions.ALL_OFFLOADS, kernelThatKnows(0))).isZero();
        assertThat(on).isZero();
    }

    @Test
    void onlyWhatWasAskedForIsSwitchedOn() {
        assertThat(OffloadProbe.negotiate(Offloads.CHECKSUM, kernelThatKnows(0x6f))).isEqualTo(Offloads.CHECKSUM);
        assertThat(on).isEqualTo(1);
    }

    @Test
    void anErrorThatIsNoAnswerIsPassedOn() {
        assertThat(OffloadProbe.negotiate(TunOptions.ALL_OFFLOADS, bits -> -Errno.EBADFD)).isEqualTo(-Errno.EBADFD);
    }
}
