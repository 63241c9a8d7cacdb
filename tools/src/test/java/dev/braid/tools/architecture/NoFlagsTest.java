package dev.braid.tools.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library runs in an application's process with no JVM flag but native access, {@link FlagFreeProgram} in a child JVM. */
@Tag("arch")
class NoFlagsTest {
    private static final int LIMIT_S = 120;

    @TempDir private Path folder;

    private record Ended(int status, String output) {}

    @Test
    void theLibraryRunsWithNativeAccessAlone() throws Exception {
        Ended ended = run(FlagFreeProgram.class);
        assertThat(ended.status()).as(ended.output()).isEqualTo(0);
    }

    @Test
    void aClassThatNeedsAFlagIsNoticed() throws Exception {
        assertThat(run(NeedsUnsafe.class).output()).contains("UnsupportedOperationException", "sun.misc.Unsafe");
    }

    /** Runs the program in a JVM that refuses Unsafe, and native access to all but the class path. */
    private Ended run(Class<?> program) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(java(), "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=deny", "--illegal-native-access=deny", "-cp", classPath(),
                program.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("ended within %d s", LIMIT_S).isTrue();
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The in-process modules, this program, and the libraries of ours; none of the tests' own. */
    private static String classPath() {
        Stream<String> ours = Stream.of("fastpath", "tun-driver", "stack")
                .map(module -> Modules.classes(module).toString());
        Stream<String> libraries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("agrona") || entry.contains("jctools") || entry.contains("jspecify"));
        Stream<String> program = Stream.of(Modules.classes("tools").resolveSibling("test-classes").toString());
        return Stream.of(ours, libraries, program).flatMap(part -> part)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What the test must be able to tell from the library: a queue that reads memory through Unsafe. */
    static final class NeedsUnsafe {
        private NeedsUnsafe() {}

        public static void main(String[] args) {
            new org.jctools.queues.SpscArrayQueue<String>(8).offer("needs a flag");
        }
    }
}
