package dev.braid.testing.fuzz;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs a module's fuzz targets over the inputs that are kept of them, without a fuzzer: seeds, what reached the most code, and
 * everything that ever failed.
 *
 * <p>A target is a class with {@code public static void fuzzerTestOneInput(byte[])}, which throws when something is wrong. Its
 * inputs are the files of {@code src/test/fuzz/CLASS}, and the folder's name is all that makes it known, here and to {@code
 * tools/bin/verify fuzz}.
 */
@Tag("fuzz")
public abstract class FuzzCorpus {
    private static final Path FOLDER = Path.of(System.getProperty("basedir", "."), "src/test/fuzz");

    @TestFactory
    List<DynamicTest> keptInputsAreHarmless() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (Path folder : sorted(FOLDER)) {
            String target = folder.getFileName().toString();
            tests.add(DynamicTest.dynamicTest(target, () -> run(target, folder)));
        }
        return tests;
    }

    private static void run(String target, Path folder) throws Throwable {
        MethodHandle run = MethodHandles.publicLookup().findStatic(
                Class.forName(target), "fuzzerTestOneInput", MethodType.methodType(void.class, byte[].class));
        List<Path> inputs = sorted(folder);
        if (inputs.isEmpty()) {
            throw new AssertionError("no input in " + folder);
        }
        for (Path input : inputs) {
            try {
                run.invokeExact(Files.readAllBytes(input));
            } catch (Throwable found) {
                throw new AssertionError(input + ": " + found, found);
            }
        }
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
