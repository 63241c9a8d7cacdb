package dev.braid.tools.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

final class MonitorTest {
    @Test
    void linesLookLikeIproute2s() {
        var event = new LinkedHashMap<String, Object>();
        event.put("event", "CLOSED");
        event.put("token", "f33040ef");
        assertThat(Monitor.text(event)).isEqualTo("[        CLOSED] token=f33040ef");
        event.put("event", "SF_ESTABLISHED");
        event.put("remid", 3);
        assertThat(Monitor.text(event)).isEqualTo("[SF_ESTABLISHED] token=f33040ef remid=3");
    }
}
