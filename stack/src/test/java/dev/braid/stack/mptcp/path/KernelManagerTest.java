package dev.braid.stack.mptcp.path;

import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_2;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_3;
import static dev.braid.stack.mptcp.path.FakeConnection.SERVER_2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.TcpFailure;
import org.junit.jupiter.api.Test;

/** What Linux does that Braid's own manager does not, for the comparison's sake. */
final class KernelManagerTest extends PathManagerContract {
    @Override
    PathManager manager() {
        return new KernelManager();
    }

    /** A connection that begins when two endpoints are there to be announced. */
    private void announcesTwo() {
        connection.manager = PathManagers.STANDARD.create("none").getFirst();
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.add(CLIENT_3, Endpoint.SIGNAL);
        connection.manager = new KernelManager();
        connection.begin();
    }

    @Test
    void endpointsThatAreAddedMeanwhileAreAnnouncedAtOnce() {
        connection.begin();
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.add(CLIENT_3, Endpoint.SIGNAL);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "announce 2 10.0.3.1");
    }

    @Test
    void oneAddressIsAnnouncedAtATime() {
        announcesTwo();
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1");
        connection.echo(1);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "announce 2 10.0.3.1");
    }

    @Test
    void theNextIsAnnouncedWhenOneWasNeverEchoed() {
        announcesTwo();
        connection.tell(new PathEvent.AnnouncementUnheard(connection.announcements.getFirst()));
        assertThat(connection.log).contains("announce 2 10.0.3.1");
    }

    @Test
    void whatFailedIsNotTriedAgain() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.fail(1, TcpFailure.TIMED_OUT);
        connection.pass(600_000);
        assertThat(connection.log).hasSize(1);
    }

    @Test
    void linksAndAddressesAreNotFollowed() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.log.clear();
        connection.tell(new PathEvent.LocalAddressRemoved(new LocalAddress(CLIENT_2, 1)));
        connection.tell(new PathEvent.LinkChanged(1, false));
        assertThat(connection.log).isEmpty();
    }

    @Test
    void anAddressThatIsTakenBackLosesItsSubflowsAtOnceAndMakesRoomForAnother() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        connection.takenBack(4);
        assertThat(connection.log).containsExactly("open 0.0.0.0#0 > 10.9.0.2:80#4", "close 1");
        connection.announced(5, SERVER_2, 81);
        assertThat(connection.log).contains("open 0.0.0.0#0 > 10.9.0.2:81#5");
    }

    @Test
    void aFirstSubflowFromABackupEndpointIsMadeABackup() {
        connection.established = false;
        connection.manager = new KernelManager();
        connection.add(FakeConnection.CLIENT, Endpoint.SUBFLOW | Endpoint.BACKUP);
        connection.established = true;
        connection.begin();
        assertThat(connection.log).containsExactly("priority 0 backup");
    }

    @Test
    void theNextIsAnnouncedWhenASubflowComesToo() {
        announcesTwo();
        isJoined();
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "announce 2 10.0.3.1");
    }

    @Test
    void nothingMoreIsAnnouncedOnceTheLimitOfSubflowsIsReachedUntilOneIsGone() {
        connection.endpoints.limits(new Limits(0, 1));
        isJoined();
        announcesTwo();
        connection.echo(1);
        connection.tell(new PathEvent.SubflowEstablished(connection.last()));
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1");
        connection.fail(1, null);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "announce 2 10.0.3.1");
    }

    private void isJoined() {
        connection.join(new SubflowPlan(new LocalAddress(FakeConnection.CLIENT, 0), 80, 0, SERVER_2, 999, 3, false));
    }

    @Test
    void whereNoSubflowIsAllowedOneAddressIsAnnounced() {
        connection.endpoints.limits(new Limits(0, 0));
        announcesTwo();
        connection.echo(1);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1");
    }

    @Test
    void whatTakesAnImplicitEndpointsPlaceChangesNoPriority() {
        connection.serverSide = true;
        connection.begin();
        connection.localId(new LocalAddress(CLIENT_2, 1));
        connection.join(new SubflowPlan(new LocalAddress(CLIENT_2, 1), 80, 1, SERVER_2, 999, 3, false));
        connection.add(CLIENT_2, Endpoint.SIGNAL | Endpoint.BACKUP);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1");
    }

    @Test
    void aSuccessorMakesNoOtherSubflowABackupThanTheFirst() {
        connection.add(FakeConnection.CLIENT, Endpoint.SUBFLOW | Endpoint.BACKUP);
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.fail(0, TcpFailure.TIMED_OUT);
        connection.log.clear();
        connection.manager = new KernelManager();
        connection.tell(new PathEvent.Attached());
        assertThat(connection.log).isEmpty();
    }
}
