package dev.braid.tools.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.TestLinks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order and the moments of tries. */
final class CandidatesTest {
    private static final long MS = 1_000_000L;
    private static final IpAddress A4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress B4 = IpAddress.parse("192.0.2.2");
    private static final IpAddress A6 = IpAddress.parse("2001:db8::1");
    private static final LinkView WIRE = TestLinks.link(0, "eth0");
    private static final LinkView AIR = TestLinks.link(1, "wlan0");
    private static final LinkView OLD = TestLinks.ipv4Only(2, "lte0");

    private static Candidates over(LinkView... links) {
        return new Candidates(List.of(links), _ -> false);
    }

    /** All tries with the millisecond of each, when none ever ends. */
    private static List<String> run(Candidates candidates, long fromMs) {
        var tries = new ArrayList<String>();
        for (long ms = fromMs; ms < 10_000; ms++) {
            Candidates.Way way = candidates.poll(ms * MS);
            if (way != null) {
                tries.add(ms + " " + way);
            }
        }
        return tries;
    }

    @Test
    void familiesTakeTurnsBeforeLinksDo() {
        Candidates candidates = over(WIRE, AIR);
        candidates.found(List.of(A6), 0);
        candidates.found(List.of(A4, B4), 0);
        assertThat(run(candidates, 0)).containsExactly("0 2001:db8::1 over eth0", "250 192.0.2.1 over eth0",
                "500 2001:db8::1 over wlan0", "750 192.0.2.1 over wlan0", "1000 192.0.2.2 over eth0",
                "1250 192.0.2.2 over wlan0");
    }

    @Test
    void ipv4WaitsAMomentForIpv6() {
        Candidates candidates = over(WIRE);
        candidates.found(List.of(A4), 0);
        assertThat(candidates.poll(49 * MS)).isNull();
        assertThat(candidates.nextDeadlineNs()).isEqualTo(50 * MS);
        candidates.found(List.of(A6), 49 * MS);
        assertThat(run(candidates, 49)).containsExactly("49 2001:db8::1 over eth0", "299 192.0.2.1 over eth0");
    }

    @Test
    void ipv4DoesNotWaitForWhatCannotBe() {
        Candidates without = over(OLD);
        without.found(List.of(A4), 0);
        assertThat(without.poll(0)).hasToString("192.0.2.1 over lte0");
        Candidates told = over(WIRE);
        told.found(List.of(A4), 0);
        told.finished(1);
        assertThat(told.poll(1)).hasToString("192.0.2.1 over eth0");
    }

    @Test
    void aFailureMakesTheNextOneDue() {
        Candidates candidates = over(WIRE, AIR);
        candidates.found(List.of(A6), 0);
        assertThat(candidates.poll(0)).hasToString("2001:db8::1 over eth0");
        assertThat(candidates.poll(5 * MS)).isNull();
        candidates.failed(5 * MS);
        assertThat(candidates.poll(5 * MS)).hasToString("2001:db8::1 over wlan0");
        candidates.finished(6 * MS);
        assertThat(candidates.exhausted()).isTrue();
        assertThat(candidates.nextDeadlineNs()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void aLinkWithoutTheFamilyIsPassedOver() {
        Candidates candidates = over(OLD, WIRE);
        candidates.found(List.of(A6), 0);
        candidates.finished(0);
        assertThat(run(candidates, 0)).containsExactly("0 2001:db8::1 over eth0");
    }

    @Test
    void whatBypassesIsTriedOnceAndNeedsNoLink() {
        var candidates = new Candidates(List.of(), A4::equals);
        candidates.found(List.of(A4, B4), 0);
        candidates.finished(0);
        assertThat(run(candidates, 0)).containsExactly("0 192.0.2.1 past the stack");
        assertThat(candidates.exhausted()).isTrue();
    }

    @Test
    void triesAreBounded() {
        Candidates candidates = over(WIRE, AIR);
        List<IpAddress> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            many.add(IpAddress.ofIpv4(0x0a00_0000 + i));
        }
        candidates.found(many, 0);
        candidates.finished(0);
        assertThat(run(candidates, 0)).hasSize(Candidates.MAX_TRIES);
        assertThat(candidates.exhausted()).isTrue();
    }

    @Test
    void nothingIsDueBeforeThereIsAnAddress() {
        Candidates candidates = over(WIRE);
        assertThat(candidates.poll(0)).isNull();
        assertThat(candidates.exhausted()).isFalse();
        candidates.finished(0);
        assertThat(candidates.exhausted()).isTrue();
    }
}
