package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.tcp.Tcb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the silence of one path says something, by what TCP knows of it. */
class PulseTest {
    private static final LinkConfig LINK = LinkConfig.PERFECT.rate(20_000_000).delay(10 * MS).queue(100_000);

    private TwoHosts world;
    private TwoHosts.Program client;
    private TwoHosts.Program server;
    private Tcb tcb;
    private Pulse pulse;

    @BeforeEach
    void connect() {
        world = new TwoHosts(CoreConfig.DEFAULT.copy(), CoreConfig.DEFAULT.copy(), LINK, LINK);
        TwoHosts.Program[] pair = world.establishFully();
        client = pair[0];
        server = pair[1];
        server.send(10_000);
        world.run(SECOND);
        tcb = client.mptcp().initial.tcb;
        pulse = new Pulse(tcb);
    }

    @AfterEach
    void close() {
        world.close();
    }

    /** How long a silence that began when it was heard last may last before it is suspicious, while data is missed. */
    private long patienceNs() {
        return pulse.suspectNs(pulse.heardNs()) - pulse.heardNs();
    }

    @Test
    void aPathThatBringsDataEvenlyIsAskedSooner() {
        long heardNs = pulse.heardNs();
        assertThat(patienceNs()).as("nothing is known of it yet").isEqualTo(25 * MS);
        for (int i = 0; i < 100; i++) {
            pulse.looked(heardNs + MS);
        }
        assertThat(patienceNs()).as("never older than 1 ms").isLessThan(11 * MS);
        pulse.looked(heardNs + 7 * MS);
        assertThat(patienceNs()).as("it stutters").isEqualTo(25 * MS);
        pulse.looked(heardNs + 60 * SECOND);
        for (int i = 0; i < 50; i++) {
            pulse.looked(heardNs + MS);
        }
        assertThat(patienceNs()).as("a long pause is soon forgotten").isLessThan(11 * MS);
    }

    @Test
    void aPathThatWasIdleBeforeTheHoleHasNothingToDoWithIt() {
        assertThat(pulse.suspectNs(Deadlines.NONE)).as("nothing is missed").isEqualTo(Deadlines.NONE);
        assertThat(pulse.suspectNs(pulse.heardNs() + 3 * SECOND)).isLessThan(pulse.heardNs() + 4 * SECOND);
        assertThat(pulse.suspectNs(pulse.heardNs() + 3 * SECOND + 1)).isEqualTo(Deadlines.NONE);
    }

    @Test
    void aPathThatIsWellIsAskedEverMoreSeldomUntilItWasLeftAloneForAWhile() {
        long firstNs = pauseAfterAnAnswerAt(pulse.heardNs() + SECOND);
        assertThat(firstNs).isLessThan(400 * MS);
        for (int i = 0; i < 8; i++) {
            pauseAfterAnAnswerAt(pulse.probedNs() + 300 * MS);
        }
        assertThat(pauseAfterAnAnswerAt(pulse.probedNs() + 300 * MS)).isEqualTo(500 * MS);
        assertThat(pauseAfterAnAnswerAt(pulse.probedNs() + SECOND + 1)).isEqualTo(firstNs);
    }

    /** How long it is left alone once a probe of that time was answered, though data is missed. */
    private long pauseAfterAnAnswerAt(long nowNs) {
        pulse.probed(LivenessDecision.COMPARED, nowNs);
        pulse.clear();
        return pulse.suspectNs(pulse.heardNs()) - nowNs;
    }

    /** Data of this end filled the queue on the way; when it is asked later there is none that its answer could wait in. */
    @Test
    void theAnswerOfAnEmptyPathIsNotGivenTheTimeOfItsQueue() {
        client.send(1_000_000);
        world.run(2 * SECOND);
        assertThat(server.read).isGreaterThan(1_000_000);
        assertThat(tcb.srttNs()).as("a queue of 40 ms").isGreaterThan(tcb.minRttNs() + 20 * MS);
        long nowNs = world.clock.nowNs();
        pulse.probed(LivenessDecision.COMPARED, nowNs);
        assertThat(pulse.verdictNs() - nowNs)
                .isEqualTo(tcb.minRttNs() + Math.max(4 * tcb.rttvarNs(), 25 * MS))
                .isLessThan(pulse.answerNs());
    }
}
