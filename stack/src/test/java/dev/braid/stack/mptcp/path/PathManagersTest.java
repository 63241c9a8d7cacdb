package dev.braid.stack.mptcp.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class PathManagersTest {
    @Test
    void severalAreMadeByName() {
        assertThat(PathManagers.STANDARD.create("kernel endpoints"))
                .extracting(PathManager::name)
                .containsExactly("kernel", "endpoints");
        assertThat(PathManagers.STANDARD.create("")).isEmpty();
        assertThat(PathManagers.STANDARD.names()).containsExactly("endpoints", "kernel", "none", "overflow",
                "standby-order",
                "standby-rtt");
    }

    @Test
    void eachConnectionHasItsOwn() {
        assertThat(PathManagers.STANDARD.create("kernel").getFirst())
                .isNotSameAs(PathManagers.STANDARD.create("kernel").getFirst());
    }

    @Test
    void anUnknownNameIsToldWithThoseThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathManagers.STANDARD.requireKnown("kernel userspace"))
                .withMessage(
                        "there is no path manager \"userspace\"; there are endpoints kernel none overflow standby-order standby-rtt");
    }

    @Test
    void programsBringTheirOwn() {
        PathManagers more = PathManagers.STANDARD.with("mine", EndpointManager::new);
        assertThat(more.has("mine")).isTrue();
        assertThat(PathManagers.STANDARD.has("mine")).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> more.with("two words", EndpointManager::new));
        assertThatIllegalArgumentException().isThrownBy(() -> more.with("", EndpointManager::new));
        assertThatIllegalArgumentException().isThrownBy(() -> more.with("sixteen-letters-", EndpointManager::new));
    }
}
