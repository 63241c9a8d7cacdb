package dev.braid.tools.kernel.mptcp;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario with Braid as the client and the kernel as the server, and the reverse; with {@code full}, every mix of IP versions. */
@Tag("kernel")
@Timeout(60)
class MatrixTest {
    private static final boolean FULL = Boolean.getBoolean("braid.full");

    static List<Arguments> cells() {
        var cells = new ArrayList<Arguments>();
        for (Scenario scenario : Scenario.values()) {
            for (Families families : Families.values()) {
                if (scenario.fits(families) && (FULL || isInShortForm(scenario, families))) {
                    cells.add(arguments(scenario, families));
                }
            }
        }
        return cells;
    }

    /** Each scenario once; both versions, mixed and not, for what has addresses in its options. */
    private static boolean isInShortForm(Scenario scenario, Families families) {
        return switch (families) {
            case V4 -> true;
            case V6 -> scenario == Scenario.ONE_SUBFLOW || scenario == Scenario.ADD_ADDR_WITH_PORT;
            case V4_THEN_V6, V6_THEN_V4 -> scenario == Scenario.ADD_ADDR || scenario == Scenario.JOIN_BY_CLIENT;
        };
    }

    /** What is expected is what the kernel does with itself. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cells")
    void theKernelAsItsOwnPeer(Scenario scenario, Families families) throws Exception {
        try (var bed = new TwoKernels()) {
            scenario.run(bed.client(), bed.server(), families);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cells")
    void braidAsClientOfTheKernel(Scenario scenario, Families families) throws Exception {
        try (var bed = new TwoPaths()) {
            scenario.run(bed.braid(), bed.kernel(), families);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cells")
    void theKernelAsClientOfBraid(Scenario scenario, Families families) throws Exception {
        try (var bed = new TwoPaths()) {
            scenario.run(bed.kernel(), bed.braid(), families);
        }
    }
}
