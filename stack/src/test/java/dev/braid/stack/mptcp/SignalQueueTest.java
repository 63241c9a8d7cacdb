package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

class SignalQueueTest {
    private static final long MS = 1_000_000L;
    private static final IpAddress V4 = IpAddress.parse("10.0.0.1");
    private static final IpAddress V6 = IpAddress.parse("fd00::1");

    private final SignalQueue queue = new SignalQueue();

    private static Signal announce(IpAddress address, int port) {
        return new Signal.Announce(new AnnouncedAddress(1, address, port));
    }

    @Test
    void optionsHaveTheirLengthsOfTheRfc() {
        assertThat(announce(V4, 0).length()).isEqualTo(16);
        assertThat(announce(V4, 80).length()).isEqualTo(18);
        assertThat(announce(V6, 0).length()).isEqualTo(28);
        assertThat(announce(V6, 80).length()).isEqualTo(30);
        assertThat(new Signal.Echo(1, V4, 0).length()).isEqualTo(8);
        assertThat(new Signal.Echo(1, V6, 80).length()).isEqualTo(22);
        assertThat(new Signal.Withdraw(new int[] {1, 2}, 0).length()).isEqualTo(5);
        assertThat(new Signal.Priority(true, 0).length()).isEqualTo(3);
    }

    @Test
    void asManyAsFitGoTogetherInOrder() {
        queue.add(new Signal.Echo(1, V4, 0));
        queue.add(announce(V4, 0));
        queue.add(announce(V4, 0));
        assertThat(queue.fitting(28)).as("beside timestamps").isEqualTo(24);
        assertThat(queue.fitting(40)).isEqualTo(40);
        assertThat(queue.fitting(4)).isZero();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void noMoreThanTwoAcksInARow() {
        assertThat(queue.mayAsk(0)).isTrue();
        queue.asked(20 * MS, 0);
        assertThat(queue.mayAsk(MS)).isTrue();
        queue.asked(20 * MS, MS);
        assertThat(queue.mayAsk(2 * MS)).isFalse();
        assertThat(queue.notBeforeNs()).isEqualTo(21 * MS);
        assertThat(queue.mayAsk(21 * MS)).isTrue();
    }

    @Test
    void anAckThatDoesNotComeIsAskedForEverMoreRarely() {
        queue.add(new Signal.Withdraw(new int[] {1}, 0));
        long now = 0;
        int asked = 0;
        for (; now < 60_000; asked++) {
            queue.asked(10, now);
            now = Math.max(now, queue.notBeforeNs());
        }
        assertThat(asked).as("in a minute").isLessThan(220);
        queue.take();
        queue.asked(10, now);
        queue.asked(10, now);
        assertThat(queue.notBeforeNs()).as("once something was said").isEqualTo(now + 10);
    }
}
