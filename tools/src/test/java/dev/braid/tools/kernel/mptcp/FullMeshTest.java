package dev.braid.tools.kernel.mptcp;

import static dev.braid.tools.kernel.mptcp.Host.FULLMESH;
import static dev.braid.tools.kernel.mptcp.Host.SIGNAL;
import static dev.braid.tools.kernel.mptcp.Host.SUBFLOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both addresses of a client are connected with both of a server, of which one is announced, and no more once it is taken back. */
@Tag("kernel")
@Timeout(60)
class FullMeshTest {
    private static final long BYTES = 2_000_000;
    private static final int FIRST = 6;
    private static final int SECOND = 7;
    private static final int ANNOUNCED = 8;

    static List<Families> families() {
        return Boolean.getBoolean("braid.full") ? List.of(Families.V4, Families.V6) : List.of(Families.V4);
    }

    /** What is expected is what the kernel does with itself. */
    @ParameterizedTest
    @MethodSource("families")
    void theKernelAsItsOwnPeer(Families families) throws Exception {
        try (var bed = new TwoKernels()) {
            run(bed.client(), bed.server(), families);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void braidAsClientOfTheKernel(Families families) throws Exception {
        try (var bed = new TwoPaths()) {
            run(bed.braid(), bed.kernel(), families);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void braidAsClientOfTheKernelWithItsManager(Families families) throws Exception {
        try (var bed = new TwoPaths()) {
            bed.braid().setting("path_manager", "kernel");
            run(bed.braid(), bed.kernel(), families);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void theKernelAsClientOfBraid(Families families) throws Exception {
        try (var bed = new TwoPaths()) {
            run(bed.kernel(), bed.braid(), families);
        }
    }

    private static void run(Host client, Host server, Families families) throws Exception {
        client.limits(4, 1);
        server.limits(4, 0);
        client.addEndpoint(FIRST, client.address(0, families.first), 0, SUBFLOW, FULLMESH);
        client.addEndpoint(SECOND, client.address(1, families.second), 0, SUBFLOW, FULLMESH);
        server.addEndpoint(ANNOUNCED, server.address(1, families.second), 0, SIGNAL);
        try (var talk = Conversation.begin(client, server, families)) {
            talk.exchange(1000);
            TwoPaths.await("the mesh is complete", () -> server.counter("MPTcpExtMPJoinAckRx") == 3);
            talk.exchange(BYTES);
            assertThat(client.subflows()).as("subflows at %s", client).isEqualTo(4);
            assertThat(server.subflows()).as("subflows at %s", server).isEqualTo(4);
            server.removeEndpoint(ANNOUNCED);
            TwoPaths.await("the announced address has no subflows", () -> client.subflows() == 2);
            talk.exchange(BYTES);
            talk.finish();
        }
        assertThat(client.counter("MPTcpExtMPJoinSynTx")).isEqualTo(3);
        assertThat(server.counter("MPTcpExtMPJoinSynRx")).isEqualTo(3);
    }
}
