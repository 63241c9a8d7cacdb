package dev.braid.tools.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Protocol code takes time, randomness and frames as inputs: it touches no clock, thread, random source or I/O. */
@Tag("arch")
class PurityTest {
    private static final List<String> IMPURE_TYPES = List.of(
            "java.io.", "java.net.", "java.nio.channels.", "java.nio.file.", "java.util.concurrent.",
            "java.util.random.",
            "java.util.Random", "java.util.SplittableRandom", "java.util.Timer", "java.security.SecureRandom",
            "java.time.Clock", "java.lang.Thread", "java.lang.Process", "java.lang.foreign.Linker");

    private static final Set<String> IMPURE_MEMBERS = Set.of(
            "java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.lang.System.in",
            "java.lang.System.out", "java.lang.System.err", "java.lang.Math.random", "java.util.UUID.randomUUID",
            "java.time.Instant.now", "java.lang.Object.wait", "java.lang.Object.notify", "java.lang.Object.notifyAll");

    /** What the compiler writes into class files by itself. */
    private static final Set<String> HARMLESS = Set.of("java.io.Serializable");

    @ParameterizedTest
    @ValueSource(strings = {"frame", "wire", "checksum", "offload", "flow", "chunk"})
    void fastpathPackagesArePure(String name) {
        assertPure("fastpath", "dev.braid.fastpath." + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip", "icmp", "udp", "tcp", "mptcp", "congestion", "socket", "core", "timer"})
    void stackPackagesArePure(String name) {
        assertPure("stack", "dev.braid.stack." + name);
    }

    @Test
    void impureCodeIsReported() {
        assertThat(offences(CompiledClass.of(Impure.class))).containsExactlyInAnyOrder(
                Impure.class.getName() + " names java.util.concurrent.locks.ReentrantLock",
                Impure.class.getName() + " uses java.lang.System.nanoTime");
    }

    private static void assertPure(String module, String packageName) {
        List<CompiledClass> types = CompiledClass.ofModule(module)
                .stream()
                .filter(type -> type.isIn(packageName))
                .toList();
        assertThat(types).isNotEmpty();
        assertThat(types.stream().flatMap(type -> offences(type).stream())).isEmpty();
    }

    private static List<String> offences(CompiledClass type) {
        var found = new ArrayList<String>();
        for (String used : type.types()) {
            if (!HARMLESS.contains(used) && IMPURE_TYPES.stream().anyMatch(used::startsWith)) {
                found.add(type.name() + " names " + used);
            }
        }
        for (String used : type.members()) {
            if (IMPURE_MEMBERS.contains(used)) {
                found.add(type.name() + " uses " + used);
            }
        }
        return found;
    }

    /** Offends in the two ways that are easiest to miss: a method reference, and the type of a field. */
    @SuppressWarnings("unused") // nobody runs it
    private static final class Impure {
        ReentrantLock lock;

        LongSupplier clock() {
            return System::nanoTime;
        }
    }
}
