package dev.braid.stack.mptcp.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.EndpointException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The table behind {@code ip mptcp endpoint}; identifiers and errors are those of Linux 6.18. */
final class EndpointsTest {
    private static final IpAddress ONE = IpAddress.parse("10.0.0.1");
    private static final IpAddress TWO = IpAddress.parse("fd00::2");
    private static final IpAddress THREE = IpAddress.parse("10.0.0.3");

    private final Endpoints table = new Endpoints();

    private static void refused(Reason reason, ThrowingCallable change) {
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(change)
                .satisfies(why -> assertThat(why.reason()).isEqualTo(reason));
    }

    @Test
    void identifiersCountUpFromTheHighestUsedSoThatFreedOnesRest() throws Exception {
        assertThat(table.add(ONE, 0, 0, -1, 0).id()).isEqualTo(1);
        assertThat(table.add(TWO, 0, 0, -1, 9).id()).isEqualTo(9);
        assertThat(table.add(THREE, 0, 0, -1, 0).id()).isEqualTo(10);
        table.remove(10);
        assertThat(table.add(THREE, 0, 0, -1, 0).id()).as("as Linux: the first free from the highest used")
                .isEqualTo(10);
        table.flush();
        assertThat(table.add(THREE, 0, 0, -1, 0).id()).isEqualTo(1);
    }

    @Test
    void identifiersBeginAgainWhenTheLastIsUsed() throws Exception {
        table.add(ONE, 0, 0, -1, 255);
        assertThat(table.add(TWO, 0, 0, -1, 0).id()).isEqualTo(1);
    }

    @Test
    void all255AreUsedAndNoMore() throws Exception {
        for (int i = 0; i < 255; i++) {
            table.add(new IpAddress(0xfd00L << 48, i), 0, 0, -1, 0);
        }
        refused(Reason.FULL, () -> table.add(ONE, 0, 0, -1, 0));
        assertThat(table.idOf(ONE, 0, -1)).as("none is left for implicit ones either").isZero();
    }

    @Test
    void anAddressHasOneEndpointForEachPort() throws Exception {
        table.add(ONE, 0, Endpoint.SUBFLOW, -1, 0);
        refused(Reason.DUPLICATE, () -> table.add(ONE, 0, Endpoint.SIGNAL, -1, 0));
        assertThat(table.add(ONE, 5_000, Endpoint.SIGNAL, -1, 0).id()).isEqualTo(2);
        refused(Reason.DUPLICATE, () -> table.add(ONE, 5_000, Endpoint.SIGNAL, -1, 0));
        refused(Reason.ID_TAKEN, () -> table.add(TWO, 0, 0, -1, 2));
    }

    @Test
    void flagsThatDoNotGoTogetherAreRefused() throws Exception {
        refused(Reason.INVALID, () -> table.add(ONE, 0, Endpoint.SIGNAL | Endpoint.FULLMESH, -1, 0));
        refused(Reason.INVALID, () -> table.add(ONE, 80, Endpoint.SUBFLOW, -1, 0));
        refused(Reason.INVALID, () -> table.add(ONE, 0, 0, -1, 256));
        table.add(ONE, 0, Endpoint.SIGNAL, -1, 4);
        refused(Reason.INVALID, () -> table.change(4, Endpoint.FULLMESH));
        refused(Reason.NOT_FOUND, () -> table.change(5, Endpoint.BACKUP));
        refused(Reason.NOT_FOUND, () -> table.remove(5));
        int implicit = table.idOf(TWO, 0, -1);
        refused(Reason.INVALID, () -> table.change(implicit, Endpoint.FULLMESH));
        assertThat(table.all()).hasSize(2);
    }

    @Test
    void changesOfBackupAndFullmeshLeaveTheRest() throws Exception {
        table.add(ONE, 0, Endpoint.SUBFLOW, 3, 4);
        Endpoint changed = table.change(4, Endpoint.BACKUP | Endpoint.SIGNAL);
        assertThat(changed).isEqualTo(new Endpoint(4, ONE, 0, Endpoint.SUBFLOW | Endpoint.BACKUP, 3));
        assertThat(table.find(4)).contains(changed);
    }

    @Test
    void aConfiguredEndpointTakesAnImplicitOnesPlaceAndIdentifier() throws Exception {
        int id = table.idOf(ONE, 0, 2);
        assertThat(table.idOf(ONE, 0, 2)).as("asked again").isEqualTo(id);
        assertThat(table.find(id).orElseThrow().has(Endpoint.IMPLICIT)).isTrue();
        assertThat(table.add(ONE, 0, Endpoint.SUBFLOW, -1, 0).id()).isEqualTo(id);
        assertThat(table.all()).hasSize(1);
    }

    /** While connections tell their peers that an identifier is gone, no subflow of theirs may get it. */
    @Test
    void anImplicitEndpointDoesNotGetAnIdentifierThatWasTakenAway() throws Exception {
        int id = table.add(ONE, 0, Endpoint.SUBFLOW, -1, 0).id();
        table.remove(id);
        assertThat(table.idOf(ONE, 0, -1)).isEqualTo(id + 1);
        table.flush();
        assertThat(table.idOf(ONE, 0, -1)).isEqualTo(id + 2);
        table.add(TWO, 0, Endpoint.SUBFLOW, -1, Endpoints.MAX_ID);
        assertThat(table.idOf(THREE, 0, -1)).as("behind the last of all").isEqualTo(1);
    }

    @Test
    void aPortHasTheIdentifierOfItsEndpointAndElseTheAddresssOwn() throws Exception {
        table.add(ONE, 5_000, Endpoint.SIGNAL, -1, 7);
        assertThat(table.idOf(ONE, 5_000, -1)).isEqualTo(7);
        assertThat(table.idOf(ONE, 80, -1)).as("7 is that of the port alone: an implicit one is made").isEqualTo(8);
        assertThat(table.idOf(ONE, 0, -1)).isEqualTo(8);
        assertThat(table.idOf(ONE, 5_000, -1)).isEqualTo(7);
        assertThat(table.of(ONE, 81)).isEqualTo(table.find(8));
        assertThat(table.of(TWO, 5_000)).isEmpty();
    }

    @Test
    void listenersHearOfEachChangeWhenTheTableShowsIt() throws Exception {
        List<String> heard = new ArrayList<>();
        table.onChange(event -> heard.add(event.getClass().getSimpleName() + " " + table.all().size()));
        table.add(ONE, 0, Endpoint.SUBFLOW, -1, 0);
        table.change(1, Endpoint.BACKUP);
        table.limits(new Limits(3, 4));
        table.remove(1);
        assertThat(heard).containsExactly("EndpointAdded 1", "EndpointChanged 1", "LimitsChanged 1",
                "EndpointRemoved 0");
    }

    @Test
    void limitsAreOneByte() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(256, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(0, -1));
        assertThat(table.limits()).isEqualTo(new Limits(0, 2));
    }
}
