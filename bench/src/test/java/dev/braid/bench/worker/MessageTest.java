package dev.braid.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MessageTest {
    @Test
    void whatIsWrittenIsReadBack() {
        Message message = Message.of("stream").with("ms", 500).with("host", "10.78.1.2").with("verify", true);
        assertThat(message.toString()).isEqualTo("stream ms=500 host=10.78.1.2 verify=true");
        assertThat(Message.parse(message.toString())).isEqualTo(message);
        assertThat(message.number("ms")).isEqualTo(500);
        assertThat(message.flag("verify")).isTrue();
        assertThat(message.flag("not-there")).isFalse();
    }

    @Test
    void aMissingValueIsNamed() {
        assertThatThrownBy(() -> Message.of("report").number("received")).hasMessageContaining("received is missing");
    }

    @Test
    void aWordThatIsNoValueIsRefused() {
        assertThatThrownBy(() -> Message.parse("stream fast")).hasMessageContaining("\"fast\" is not key=value");
    }
}
