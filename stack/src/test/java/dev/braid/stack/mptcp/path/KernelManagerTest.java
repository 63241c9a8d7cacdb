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

    @Test
    void oneAddressIsAnnouncedAtATime() {
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.add(CLIENT_3, Endpoint.SIGNAL);
        connection.begin();
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1");
        connection.echo(1);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "announce 2 10.0.3.1");
    }

    @Test
    void theNextIsAnnouncedWhenOneWasNeverEchoed() {
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.add(CLIENT_3, Endpoint.SIGNAL);
        connection.begin();
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
}
