package dev.braid.stack.mptcp.path;

import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_2;
import static dev.braid.stack.mptcp.path.FakeConnection.PORT;
import static dev.braid.stack.mptcp.path.FakeConnection.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import org.junit.jupiter.api.Test;

/** One link carries, the others stand by. */
final class StandbyManagerTest {
    private final FakeConnection connection = new FakeConnection(StandbyManager.byOrder());

    @Test
    void theFirstLinkInOrderCarriesAndTheOtherStandsBy() {
        begin(0, 0);
        assertThat(connection.log).containsExactly("priority 1 backup");
    }

    @Test
    void theOtherCarriesAtOnceWhenTheFirstFallsSilentAndReturnsAfterAWhile() {
        begin(0, 0);
        connection.log.clear();
        silence(0, true);
        assertThat(connection.log).containsExactlyInAnyOrder("priority 0 backup", "priority 1 regular");
        connection.log.clear();
        silence(0, false);
        connection.pass(2_000);
        assertThat(connection.log).as("not before it proved itself").isEmpty();
        connection.pass(1_500);
        assertThat(connection.log).containsExactlyInAnyOrder("priority 0 regular", "priority 1 backup");
    }

    @Test
    void aLinkThatFailsAgainMeanwhileDoesNotReturn() {
        begin(0, 0);
        silence(0, true);
        silence(0, false);
        connection.pass(2_000);
        silence(0, true);
        connection.log.clear();
        silence(0, false);
        connection.pass(2_000);
        assertThat(connection.log).isEmpty();
    }

    @Test
    void aBackupsLinkCarriesOnlyWhileNoOtherWorks() {
        begin(Endpoint.BACKUP, 0);
        connection.pass(3_500);
        assertThat(connection.log)
                .as("the first one carried until another had been there for a while")
                .containsExactly("priority 1 backup", "priority 0 backup", "priority 1 regular");
        connection.log.clear();
        silence(1, true);
        assertThat(connection.log).containsExactlyInAnyOrder("priority 0 regular", "priority 1 backup");
    }

    @Test
    void theShortestRoundTripCarriesAndIsLeftForAMuchShorterOneThatLasts() {
        connection.manager = StandbyManager.byRtt();
        begin(0, 0);
        connection.get(0).srttNs = 30_000_000;
        connection.get(1).srttNs = 27_000_000;
        chat(10);
        assertThat(connection.get(1).backup).as("a little is not worth it").isTrue();
        connection.get(1).srttNs = 20_000_000;
        chat(1);
        assertThat(connection.get(1).backup).as("not at once").isTrue();
        chat(3);
        assertThat(connection.get(1).backup).isFalse();
        assertThat(connection.get(0).backup).isTrue();
    }

    @Test
    void roundTripsAreAskedForWhileTheConnectionMovesAndNotWhileItRests() {
        connection.manager = StandbyManager.byRtt();
        begin(0, 0);
        chat(3);
        assertThat(connection.measured).containsOnly(0, 1).hasSizeBetween(6, 8);
        connection.measured.clear();
        connection.pass(2_000);
        connection.measured.clear();
        connection.pass(60_000);
        assertThat(connection.measured).isEmpty();
        assertThat(connection.wakeNs).as("no timer").isEqualTo(Long.MAX_VALUE);
        connection.receive(1);
        assertThat(connection.measured).as("at once").containsExactly(0, 1);
    }

    @Test
    void aLinkThatStandsByAloneOrAsABackupIsNotAsked() {
        connection.manager = StandbyManager.byRtt();
        begin(0, Endpoint.BACKUP);
        chat(5);
        assertThat(connection.measured).isEmpty();
        silence(0, true);
        chat(5);
        assertThat(connection.measured).isEmpty();
    }

    @Test
    void whatWaitsOfTheConnectionItselfDoesNotCountAgainstItsLink() {
        connection.manager = StandbyManager.byRtt();
        begin(0, 0);
        connection.get(1).srttNs = 12_000_000;
        chat(2);
        connection.get(0).srttNs = 300_000_000;
        for (int second = 0; second < 20; second++) {
            connection.receive(1_000_000);
            connection.pass(1_000);
        }
        assertThat(connection.get(0).backup).as("a queue of its own").isFalse();
        chat(5);
        assertThat(connection.get(0).backup).as("it is slow without").isTrue();
        assertThat(connection.get(1).backup).isFalse();
    }

    /** A little moves each second. */
    private void chat(int seconds) {
        for (int second = 0; second < seconds; second++) {
            connection.receive(100);
            connection.pass(1_000);
        }
    }

    @Test
    void aServerLeavesTheChoiceToTheClient() {
        connection.serverSide = true;
        begin(0, 0);
        assertThat(connection.log).isEmpty();
    }

    private void begin(int firstFlags, int secondFlags) {
        connection.add(CLIENT, Endpoint.SUBFLOW | firstFlags);
        connection.add(CLIENT_2, Endpoint.SUBFLOW | secondFlags);
        connection.begin();
        open(CLIENT_2, 1);
    }

    private void open(IpAddress from, int link) {
        int number = connection.open(
                new SubflowPlan(new LocalAddress(from, link), 0, 2, SERVER, PORT, 0, false));
        connection.log.clear();
        connection.establish(number);
    }

    private void silence(int number, boolean silent) {
        FakeConnection.FakeSubflow subflow = connection.get(number);
        subflow.stale = silent;
        connection.tell(silent ? new PathEvent.SubflowSilent(subflow) : new PathEvent.SubflowAnswered(subflow));
    }
}
