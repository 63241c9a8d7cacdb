package dev.braid.tundriver.tun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tundriver.sys.Errno;
import org.junit.jupiter.api.Test;

class TunFailureTest {
    @Test
    void aMissingDeviceFileTellsHowToGetIt() {
        assertThat(TunFailure.opening("tun0", Errno.ENOENT))
                .hasMessageStartingWith("tun0: open /dev/net/tun: ENOENT (No such file or directory): ")
                .hasMessageContaining("modprobe tun")
                .hasMessageContaining("--device /dev/net/tun");
    }

    @Test
    void aClosedDeviceFileTellsWhoMayOpenIt() {
        assertThat(TunFailure.opening("tun0", Errno.EACCES))
                .hasMessageStartingWith("tun0: open /dev/net/tun: EACCES (Permission denied): ")
                .hasMessageContaining("run as root")
                .hasMessageContaining("chmod 0666 /dev/net/tun");
    }

    @Test
    void aMissingDriverIsNamed() {
        assertThat(TunFailure.opening("tun0", Errno.ENODEV)).hasMessageContaining("the kernel has no TUN driver");
    }
}
