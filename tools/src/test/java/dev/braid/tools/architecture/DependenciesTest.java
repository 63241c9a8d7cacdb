package dev.braid.tools.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the modules that live in an application's process may name outside Braid: a list of packages for each, so that a new
 * dependency is a decision. Nothing on the lists needs a JVM flag; {@link NoFlagsTest} proves it.
 */
@Tag("arch")
class DependenciesTest {
    /** Of the JDK, only its public packages: no {@code sun.misc.Unsafe}, no {@code jdk.internal}. */
    private static final String JDK = "java.";
    /** The recorder's events, which every JDK brings; only {@code dev.braid.stack.jfr} has them. */
    private static final String FLIGHT_RECORDER = "jdk.jfr.";
    /** TCP_KEEPIDLE and its like, which programs know by these constants. */
    private static final String EXTENDED_OPTIONS = "jdk.net.ExtendedSocketOptions";
    private static final String NULLNESS = "org.jspecify.annotations.";

    /** The queues over AtomicReferenceArray; their padded siblings beside them reach for Unsafe. */
    private static final String QUEUES = "org.jctools.queues.atomic.";
    private static final String AGENTS = "org.agrona.concurrent.Agent";
    private static final String IDLE_STRATEGIES = "org.agrona.concurrent.IdleStrategy";
    private static final String COLLECTIONS = "org.agrona.collections.";

    private static final Map<String, List<String>> ALLOWED = Map.of(
            "fastpath", List.of(JDK, NULLNESS, QUEUES, AGENTS, IDLE_STRATEGIES, COLLECTIONS),
            "tun-driver", List.of(JDK, NULLNESS),
            "stack", List.of(JDK, EXTENDED_OPTIONS, FLIGHT_RECORDER, NULLNESS, QUEUES, COLLECTIONS));

    static Stream<String> modules() {
        return ALLOWED.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void onlyAllowedPackagesAreNamed(String module) {
        assertThat(CompiledClass.ofModule(module)
                .stream()
                .flatMap(type -> foreign(type, ALLOWED.get(module)))).isEmpty();
    }

    @Test
    void theUnsafeQueuesAreReported() {
        assertThat(foreign(CompiledClass.of(UsesUnsafeQueue.class), ALLOWED.get("fastpath")))
                .containsExactly(UsesUnsafeQueue.class.getName() + " names org.jctools.queues.SpscArrayQueue");
    }

    private static Stream<String> foreign(CompiledClass type, List<String> allowed) {
        return type.types().stream()
                .filter(used -> used.contains("."))
                .filter(used -> !used.startsWith("dev.braid."))
                .filter(used -> allowed.stream().noneMatch(used::startsWith))
                .map(used -> type.name() + " names " + used);
    }

    /** Names a queue that reaches for Unsafe, in the type of a field alone. */
    @SuppressWarnings("unused") // nobody makes one
    private static final class UsesUnsafeQueue {
        org.jctools.queues.SpscArrayQueue<String> queue;
    }
}
