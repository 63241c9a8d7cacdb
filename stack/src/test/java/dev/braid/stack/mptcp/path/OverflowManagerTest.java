package dev.braid.stack.mptcp.path;

import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_2;
import static dev.braid.stack.mptcp.path.FakeConnection.PORT;
import static dev.braid.stack.mptcp.path.FakeConnection.SERVER;
import static dev.braid.stack.mptcp.path.FakeConnection.SERVER_2;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** One regular link carries; the other one joins in when much is moved, or nothing else works. */
final class OverflowManagerTest {
    private static final int OVERFLOW = Endpoint.SUBFLOW | Endpoint.OVERFLOW | Endpoint.BACKUP;

    private final FakeConnection connection = new FakeConnection(new OverflowManager());

    @Test
    void aDownloadThatMovesMuchHasItCarryAndACalmOneDoesNot() {
        begin(0, OVERFLOW);
        assertThat(connection.log).as("a page is not much").isEmpty();
        connection.pass(100);
        connection.receive(999_999);
        assertThat(connection.log).isEmpty();
        connection.receive(1);
        assertThat(connection.log).containsExactly("overflow 1");
        assertThat(connection.decisions).containsEntry(PathDecision.OVERFLOW_BEGUN, 1);
        connection.log.clear();
        connection.receive(600_000);
        connection.pass(5_100);
        assertThat(connection.log).as("it moved on").isEmpty();
        connection.receive(400_000);
        connection.pass(5_100);
        assertThat(connection.log).containsExactly("priority 1 backup");
        assertThat(connection.decisions).containsEntry(PathDecision.OVERFLOW_ENDED, 1);
    }

    @Test
    void muchOverALongTimeIsLittle() {
        begin(0, OVERFLOW);
        for (int second = 0; second < 60; second++) {
            connection.pass(1_000);
            connection.receive(400_000);
        }
        assertThat(connection.log).isEmpty();
        connection.receive(2_000_000);
        assertThat(connection.log).as("a burst after a while counts").containsExactly("overflow 1");
    }

    @Test
    void whatTheRegularPathsHaveRoomForIsNoReason() {
        begin(0, OVERFLOW);
        connection.pass(100);
        connection.receive(1_000);
        connection.send(1_500_000);
        assertThat(connection.log).isEmpty();
        connection.queued = 1;
        connection.send(1_000_000);
        assertThat(connection.log).containsExactly("overflow 1");
    }

    @Test
    void aConnectionThatMovesLittleHasNoTimer() {
        begin(0, OVERFLOW);
        assertThat(connection.wakeNs).isEqualTo(Long.MAX_VALUE);
        assertThat(connection.wakeMoved).isEqualTo(1_000_000);
        connection.receive(1_000_000);
        connection.pass(20_000);
        assertThat(connection.wakeNs).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void itCarriesWhileNoRegularPathWorks() {
        begin(0, OVERFLOW);
        connection.get(0).stale = true;
        connection.tell(new PathEvent.SubflowSilent(connection.get(0)));
        assertThat(connection.log).containsExactly("overflow 1");
        connection.log.clear();
        connection.get(0).stale = false;
        connection.tell(new PathEvent.SubflowAnswered(connection.get(0)));
        assertThat(connection.log).containsExactly("priority 1 backup");
    }

    @Test
    void aRealBackupIsNotWhatItWaitsFor() {
        begin(Endpoint.SUBFLOW | Endpoint.BACKUP, OVERFLOW);
        assertThat(connection.log).as("of a backup and it, it carries").containsExactly("overflow 1");
    }

    @Test
    void aRoleThatChangesCountsAtOnce() {
        begin(0, OVERFLOW);
        connection.receive(1_000_000);
        connection.log.clear();
        Endpoint second = connection.endpoints.find(CLIENT_2, 0).orElseThrow();
        connection.change(second, Endpoint.BACKUP);
        assertThat(connection.log).as("a backup from now on").containsExactly("priority 1 backup");
        connection.log.clear();
        connection.receive(10_000_000);
        assertThat(connection.log).isEmpty();
        assertThat(connection.wakeMoved).isEqualTo(Long.MAX_VALUE);
        connection.change(second, Endpoint.BACKUP | Endpoint.OVERFLOW);
        assertThat(connection.log).as("what moved before does not count").isEmpty();
        connection.receive(1_000_000);
        assertThat(connection.log).containsExactly("overflow 1");
    }

    @Test
    void onceItIsAPrimaryLinksItYieldsNoMore() {
        begin(0, OVERFLOW);
        connection.receive(1_000_000);
        connection.log.clear();
        connection.change(connection.endpoints.find(CLIENT_2, 0).orElseThrow(), 0);
        assertThat(connection.log).containsExactly("priority 1 regular");
    }

    @Test
    void anUploadThatGoesOnIsNotCalm() {
        begin(0, OVERFLOW);
        connection.queued = 1;
        connection.send(1_000_000);
        connection.log.clear();
        connection.send(600_000);
        connection.pass(5_100);
        assertThat(connection.log).isEmpty();
        connection.pass(5_100);
        assertThat(connection.log).containsExactly("priority 1 backup");
    }

    @Test
    void aPathThatIsStillOpeningDoesNotWorkYet() {
        begin(0, OVERFLOW);
        connection.open(new SubflowPlan(new LocalAddress(CLIENT, 0), 0, 0, SERVER_2, PORT, 0, false));
        connection.log.clear();
        connection.get(0).stale = true;
        connection.tell(new PathEvent.SubflowSilent(connection.get(0)));
        assertThat(connection.log).containsExactly("overflow 1");
    }

    @Test
    void aPathThatThePeerWantsAsABackupIsNoRegularOne() {
        begin(0, OVERFLOW);
        connection.get(0).remoteBackup = true;
        connection.tell(new PathEvent.PriorityChanged(connection.get(0)));
        assertThat(connection.log).containsExactly("overflow 1");
    }

    @Test
    void aPathThatEndsIsLeftAlone() {
        begin(0, OVERFLOW);
        connection.get(1).closing = true;
        connection.receive(1_000_000);
        assertThat(connection.log).isEmpty();
        assertThat(connection.wakeMoved).as("there is nothing to be woken for").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aPathThatThePeerOpenedIsForOverflowToo() {
        connection.add(CLIENT_2, OVERFLOW);
        connection.begin();
        connection.join(new SubflowPlan(new LocalAddress(CLIENT_2, 1), 0, 2, SERVER_2, PORT, 0, false));
        assertThat(connection.log).containsExactly("priority 1 backup");
    }

    @Test
    void nothingIsSaidBeforeTheConnectionIsKnownToBeMultipath() {
        connection.established = false;
        connection.add(CLIENT, OVERFLOW);
        connection.receive(10_000_000);
        connection.tell(new PathEvent.Woken());
        assertThat(connection.log).isEmpty();
        assertThat(connection.decisions).isEmpty();
    }

    @Test
    void anEndpointThatNeverWasForOverflowIsNoneOfItsConcern() {
        begin(0, OVERFLOW);
        connection.change(connection.endpoints.find(CLIENT, 0).orElseThrow(), Endpoint.SUBFLOW | Endpoint.BACKUP);
        assertThat(connection.log).isEmpty();
    }

    @Test
    void aServerLeavesTheChoiceToTheClient() {
        connection.serverSide = true;
        begin(0, OVERFLOW);
        connection.receive(10_000_000);
        assertThat(connection.log).isEmpty();
    }

    private void begin(int firstFlags, int secondFlags) {
        connection.add(CLIENT, Endpoint.SUBFLOW | firstFlags);
        connection.add(CLIENT_2, Endpoint.SUBFLOW | secondFlags);
        connection.get(0).backup = (firstFlags & Endpoint.BACKUP) != 0;
        connection.begin();
        connection.log.clear();
        int number = connection.open(
                new SubflowPlan(new LocalAddress(CLIENT_2, 1), 0, 2, SERVER, PORT, 0, true));
        connection.log.clear();
        connection.establish(number);
    }
}
