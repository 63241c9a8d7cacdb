package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.stack.mptcp.MptcpLayer;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.PathCommands;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathManager;
import dev.braid.stack.mptcp.path.PathView;
import dev.braid.stack.mptcp.scheduler.ConnectionView;
import dev.braid.stack.mptcp.scheduler.PacketScheduler;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;
import dev.braid.stack.mptcp.scheduler.SubflowView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedulers and path managers that are replaced while a connection runs, and several managers at once. */
class ReplacementScriptTest extends TwoPathScript {
    /** The path that the connection began with, whatever it costs. */
    private static final class OldestFirst implements PacketScheduler {
        @Override
        public String name() {
            return "oldest";
        }

        @Override
        public @Nullable SubflowView choose(ConnectionView connection, long nowNs) {
            return connection.subflow(0);
        }

        @Override
        public @Nullable SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs) {
            return connection.subflow(0);
        }

        @Override
        public SchedulingDecision decision() {
            return SchedulingDecision.FASTEST;
        }
    }

    /** Announces one address as soon as it is asked, and does nothing else. */
    private final class Announcer implements PathManager {
        @Override
        public String name() {
            return "announcer";
        }

        @Override
        public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {
            if (event instanceof PathEvent.Attached || event instanceof PathEvent.Established) {
                int id = connection.localId(new LocalAddress(hostAddress(2), 2));
                commands.announce(id, hostAddress(2), 0);
            }
        }
    }

    /** Writes down what it hears. */
    private record Listener(List<PathEvent> heard) implements PathManager {
        @Override
        public String name() {
            return "listener";
        }

        @Override
        public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {
            heard.add(event);
        }
    }

    private MptcpLayer mptcp() {
        return core().mptcp();
    }

    @ParameterizedTest
    @EnumSource
    void anotherSchedulerTakesOverWithTheNextSegment(Role role) {
        mptcp().schedulers(mptcp().schedulers().with("oldest", OldestFirst::new));
        hasTwoPaths(role);
        conn.options(options -> options.tcp.noDelay = true).write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        connection().scheduler("oldest", nowNs());
        conn.write(1_000);
        first.sees(data(1, 1_001).with(map(1_001, 1, 1_000))).sends(ack(11, 1_001));
        // What a path was given stays its own.
        second.sends(ack(1, 1_001)).seesNothing();
        connection().scheduler("lowest-rtt", nowNs());
        conn.write(1_000);
        second.sees(data(1_001, 2_001).with(map(2_001, 1_001, 1_000))).sends(ack(1, 2_001));
        first.seesNothing();
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aSocketsOptionReplacesTheSchedulerToo(Role role) {
        mptcp().schedulers(mptcp().schedulers().with("oldest", OldestFirst::new));
        hasTwoPaths(role);
        connection().own().scheduler = "oldest";
        conn.options(options -> {});
        assertThat(connection().scheduler()).isEqualTo("oldest");
        conn.write(1_000);
        first.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(11, 1_001));
    }

    /** They would lose what they remember, their pauses between attempts, too. */
    @ParameterizedTest
    @EnumSource
    void anOptionOfAnotherMatterLeavesPathManagersInPlace(Role role) {
        List<PathEvent> heard = new ArrayList<>();
        mptcp().pathManagers(mptcp().pathManagers().with("listener", () -> new Listener(heard)));
        isOpen(role);
        connection().own().pathManagers = "  endpoints  listener nobody's ";
        conn.options(options -> {});
        flushed();
        assertThat(connection().pathManagers()).containsExactly("endpoints", "listener");
        assertThat(heard).containsExactly(new PathEvent.Attached());
        conn.options(options -> options.tcp.noDelay = true);
        flushed();
        assertThat(heard).as("nobody comes anew").hasSize(1);
        connection().own().pathManagers = "listener";
        conn.options(options -> {});
        flushed();
        assertThat(connection().pathManagers()).containsExactly("listener");
        assertThat(heard).as("a new one").hasSize(2);
    }

    @Test
    void aSchedulerNobodyKnowsReplacesNone() {
        hasTwoPaths(Role.CLIENT);
        assertThatThrownBy(() -> connection().scheduler("nobody's", nowNs()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(connection().scheduler()).isEqualTo("default");
    }

    @Test
    void aPathManagerThatComesLateFindsItsWay() {
        isOpen(Role.CLIENT);
        connection().pathManagers("none");
        flushed();
        endpoint(1, SUBFLOW);
        lte.seesNothing();
        connection().pathManagers("endpoints");
        flushed();
        isJoined(lte);
        // And leaves what it opened to whoever follows.
        connection().pathManagers("none");
        flushed();
        conn.write(100);
        lte.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
        lte.sends(rst(1)).seesNothing();
        afterWhatever(5_000);
        wifi.seesWhatever();
        assertThat(connection().subflows()).isEqualTo(1);
    }

    @Test
    void aServersAddressIsAnnouncedByTheManagerThatComesLate() {
        isOpen(Role.SERVER);
        connection().pathManagers("none");
        flushed();
        endpoint(1, SIGNAL);
        wifi.seesNothing();
        connection().pathManagers("endpoints");
        flushed();
        wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1))));
        wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo()));
    }

    @ParameterizedTest
    @EnumSource
    void severalManagersServeOneConnection(Role role) {
        mptcp().pathManagers(mptcp().pathManagers().with("announcer", Announcer::new));
        endpoint(2, 0);
        isOpen(role);
        connection().pathManagers("endpoints announcer");
        flushed();
        assertThat(connection().pathManagers()).containsExactly("endpoints", "announcer");
        wifi.sees(ack(1, 11).with(addAddr(2, hostAddress(2))));
        wifi.sends(ack(11, 1).with(addAddr(2, hostAddress(2)).echo())).seesNothing();
        after(100);
        if (role == Role.CLIENT) {
            endpoint(1, SUBFLOW);
            isJoined(lte);
        } else {
            endpoint(1, SIGNAL);
            wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1))));
            wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo()));
        }
        wifi.seesNothing();
    }
}
