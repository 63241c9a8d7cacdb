package dev.braid.tundriver.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void numbersHaveTheirNamesAndMeanings() {
        assertThat(Errno.name(Errno.EBUSY)).isEqualTo("EBUSY");
        assertThat(Errno.describe(Errno.EBADFD)).isEqualTo("EBADFD (File descriptor in bad state)");
        assertThat(Errno.describe(Errno.EAGAIN)).isEqualTo("EAGAIN (Resource temporarily unavailable)");
        assertThat(Errno.describe(Errno.EOPNOTSUPP)).isEqualTo("EOPNOTSUPP (Operation not supported)");
    }

    @Test
    void aNumberLinuxDoesNotDefineIsShownAsOne() {
        assertThat(Errno.describe(200)).isEqualTo("errno 200");
        assertThat(Errno.describe(0)).isEqualTo("errno 0");
        assertThat(Errno.describe(-5)).isEqualTo("errno -5");
        assertThat(Errno.name(5_000)).isEqualTo("errno 5000");
    }

    @Test
    void theConstantsAgreeWithTheTable() throws IllegalAccessException {
        for (var field : Errno.class.getFields()) {
            assertThat(Errno.name(field.getInt(null))).isEqualTo(field.getName());
        }
    }

    @Test
    void aFailedCallGivesItsOwnThreadsErrorNumber() {
        assertThat(Descriptors.open("/no/such/file", Descriptors.O_RDONLY)).isEqualTo(-Errno.ENOENT);
        assertThat(Descriptors.close(1_000_000)).isEqualTo(-Errno.EBADF);
        assertThat(Descriptors.ioctl(-1, 0, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void theMessageNamesSubjectCallErrorAndAdvice() {
        assertThatThrownBy(() -> LinuxException.check(-Errno.EBUSY, "tun0", "TUNSETIFF", "stop it"))
                .isInstanceOfSatisfying(LinuxException.class, e -> {
                    assertThat(e).hasMessage("tun0: TUNSETIFF: EBUSY (Device or resource busy): stop it");
                    assertThat(e.subject()).isEqualTo("tun0");
                    assertThat(e.call()).isEqualTo("TUNSETIFF");
                    assertThat(e.errno()).isEqualTo(Errno.EBUSY);
                    assertThat(e.about("tun1")).hasMessage("tun1: TUNSETIFF: EBUSY (Device or resource busy): stop it");
                });
        assertThat(LinuxException.check(7, "tun0", "read", "")).isEqualTo(7);
    }
}
