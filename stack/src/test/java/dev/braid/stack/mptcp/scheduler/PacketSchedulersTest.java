package dev.braid.stack.mptcp.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PacketSchedulersTest {
    @Test
    void thoseThatComeWithTheStackAreKnown() {
        assertThat(PacketSchedulers.STANDARD.names()).containsExactly("default", "kernel", "lowest-rtt", "redundant");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacketSchedulers.STANDARD.create("blest"))
                .withMessage("there is no packet scheduler \"blest\"; there are default kernel lowest-rtt redundant");
    }

    @Test
    void oneMoreDoesNotChangeTheOthers() {
        PacketSchedulers more = PacketSchedulers.STANDARD.with("mine", LowestRtt::new);
        assertThat(more.create("mine")).isInstanceOf(LowestRtt.class);
        assertThat(more.has("default")).isTrue();
        assertThat(PacketSchedulers.STANDARD.has("mine")).isFalse();
    }

    @Test
    void aNameMustFitLinuxsField() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacketSchedulers.STANDARD.with("sixteen-letters!", LowestRtt::new));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PacketSchedulers.STANDARD.with("two words", LowestRtt::new));
    }

    @Test
    void eachConnectionHasOneOfItsOwn() {
        assertThat(PacketSchedulers.STANDARD.create("kernel")).isNotSameAs(PacketSchedulers.STANDARD.create("kernel"));
    }
}
