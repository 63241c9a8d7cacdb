package dev.braid.tundriver.tun;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tundriver.sys.LinuxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"tun0", "tun%d", "a", "fifteen-bytes-x", "wg.7", "straße"})
    void namesTheKernelTakesPass(String name) {
        assertThatCode(() -> DeviceName.check(name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "sixteen-bytes-xx, at most 15 bytes",
        "tun/0, cannot contain '/'",
        "tun:0, cannot contain ':'",
        "tun 0, cannot contain ' '",
        "tun%s, cannot contain '%'",
        "tun%d%d, cannot contain '%'",
        "., cannot have this name",
        ".., cannot have this name",
    })
    void othersAreRefusedWithTheReason(String name, String reason) {
        assertThatThrownBy(() -> DeviceName.check(name))
                .isInstanceOf(LinuxException.class)
                .hasMessageStartingWith(name + ": device name: EINVAL (Invalid argument): ")
                .hasMessageContaining(reason);
    }

    @Test
    void anEmptyNameIsRefused() {
        assertThatThrownBy(() -> DeviceName.check(""))
                .hasMessage("(empty): device name: EINVAL (Invalid argument): a device needs a name, such as tun0");
    }
}
