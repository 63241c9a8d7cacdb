package dev.braid.tools.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A checkout with the real scripts of {@code tools} and nothing else real: its {@code mvn} notes how it was called and leaves
 * empty jars, the {@code java} of its JDK prints its arguments. The folder's name has a space, as users' folders do.
 */
final class FakeCheckout {
    private static final List<String> MODULES = List.of("fastpath", "tun-driver", "stack", "bench", "tools");

    private final Path folder;
    private final Path root;
    private final Path calls;
    private int commands;

    FakeCheckout(Path folder) throws IOException {
        this.folder = folder;
        root = folder.resolve("check out");
        calls = folder.resolve("mvn.calls");
        Files.createFile(calls);
        Files.createDirectories(root.resolve(".mvn"));
        Files.createFile(root.resolve("pom.xml"));
        for (String module : MODULES) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        copyFromTools("bin");
        copyFromTools("lib");
        Files.createFile(root.resolve("tools/jvm.args"));
        jdk("jdk-25", "25.0.3");
        maven("mkdir -p tools/target/lib; : > tools/target/tools-1.jar");
        touch(root, Instant.now().minus(Duration.ofHours(1)));
    }

    /** A JDK of this version, whose {@code java} prints its name and its arguments, one a line. */
    Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/javac"), "exit 1");
        java(name, "echo " + name + "; printf '%s\\n' \"$@\"; exit ${FAKE_STATUS:-0}");
        return home;
    }

    /** Replaces what the JDK's {@code java} does. */
    void java(String jdk, String body) throws IOException {
        script(folder.resolve(jdk).resolve("bin/java"), body);
    }

    /** Replaces what {@code mvn} does in the root folder once it has noted its call. */
    void maven(String body) throws IOException {
        script(folder.resolve("path/mvn"), "echo \"$*\" >> '" + calls + "'\n" + body);
    }

    /** The arguments of each run of Maven so far. */
    List<String> mavenCalls() throws IOException {
        return Files.readAllLines(calls);
    }

    /** A file or folder in the checkout. */
    Path path(String relative) {
        return root.resolve(relative);
    }

    /** Starts one of the commands in {@code tools/bin}. */
    Command start(String name, Map<String, String> environment, String... arguments) throws IOException {
        List<String> line = Stream.concat(Stream.of(path("tools/bin/" + name).toString()), Stream.of(arguments))
                .toList();
        var builder = new ProcessBuilder(line);
        builder.environment().keySet().removeIf(key -> key.startsWith("BRAID_"));
        builder.environment().put("PATH", folder.resolve("path") + ":/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("JAVA_HOME", folder.resolve("jdk-25").toString());
        builder.environment().putAll(environment);
        commands++;
        Path out = folder.resolve(commands + ".out");
        Path err = folder.resolve(commands + ".err");
        return new Command(builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
    }

    /** Runs one of the commands in {@code tools/bin} to its end. */
    Command run(String name, String... arguments) throws Exception {
        return start(name, Map.of(), arguments).await();
    }

    /** Gives a file or everything in a folder this time of last change. */
    static void touch(Path tree, Instant time) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    private void copyFromTools(String name) throws IOException {
        Path from = Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve(name);
        Path to = Files.createDirectory(root.resolve("tools").resolve(name));
        try (var files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
