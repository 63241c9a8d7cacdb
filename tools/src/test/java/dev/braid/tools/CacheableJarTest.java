package dev.braid.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.Instruction;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** picocli's jar, the one of the libraries whose class files are older than stack maps. */
class CacheableJarTest {
    private static final ClassFile FILES = ClassFile.of();

    @TempDir private static Path shared;

    private static Map<String, byte[]> before;
    private static Path rewritten;

    @TempDir private Path folder;

    @BeforeAll
    static void rewrite() throws Exception {
        before = entries(picocli());
        rewritten = shared.resolve("rewritten.jar");
        CacheableJar.write(picocli(), rewritten);
    }

    private static Path picocli() throws Exception {
        return Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** A jar with some of picocli's classes, and what else is said. */
    private Path small(String... others) throws IOException {
        Path jar = folder.resolve("small.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry : before.entrySet()) {
                if (entry.getKey().startsWith("picocli/CommandLine$Parse")) {
                    out.putNextEntry(new ZipEntry(entry.getKey()));
                    out.write(entry.getValue());
                }
            }
            for (String other : others) {
                out.putNextEntry(new ZipEntry(other));
            }
        }
        return jar;
    }

    private static Map<String, byte[]> entries(Path jar) throws IOException {
        var entries = new LinkedHashMap<String, byte[]>();
        try (ZipFile file = new ZipFile(jar.toFile())) {
            for (var entry : file.stream().toList()) {
                entries.put(entry.getName(), file.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    @Test
    void noClassFileIsTooOldAfterwards() throws Exception {
        assertThat(CacheableJar.isOld(picocli())).isTrue();
        assertThat(CacheableJar.isOld(rewritten)).isFalse();
        entries(rewritten).forEach((name, bytes) -> {
            if (name.endsWith(".class")) {
                assertThat(FILES.parse(bytes).majorVersion()).as(name)
                        .isGreaterThanOrEqualTo(ClassFile.JAVA_7_VERSION);
            }
        });
    }

    @Test
    void everyClassPassesTheJvmsVerifier() throws Exception {
        int loaded = 0;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {rewritten.toUri().toURL()},
                ClassLoader.getPlatformClassLoader())) {
            for (String name : before.keySet()) {
                if (name.startsWith("picocli/") && name.endsWith(".class")) {
                    Class.forName(name.substring(0, name.length() - ".class".length()).replace('/', '.'), true, loader);
                    loaded++;
                }
            }
        }
        assertThat(loaded).isGreaterThan(200);
    }

    @Test
    void nothingButTheVersionAndTheStackMapsDiffers() throws Exception {
        Map<String, byte[]> after = entries(rewritten);
        assertThat(List.copyOf(after.keySet())).isEqualTo(List.copyOf(before.keySet()));
        before.forEach((name, bytes) -> {
            if (name.endsWith(".class")) {
                assertThat(outline(FILES.parse(after.get(name)))).as(name).isEqualTo(outline(FILES.parse(bytes)));
            } else {
                assertThat(after.get(name)).as(name).isEqualTo(bytes);
            }
        });
    }

    /** Members and the instructions of each method, without what a class file's tables add to them. */
    private static List<String> outline(ClassModel file) {
        var outline = new ArrayList<String>(List.of(file.toString()));
        file.fields().forEach(field -> outline.add(field.toString()));
        file.methods().forEach(method -> {
            outline.add(method.toString());
            method.code().ifPresent(code -> code.elementStream()
                    .filter(Instruction.class::isInstance)
                    .forEach(instruction -> outline.add(((Instruction) instruction).opcode().name())));
        });
        return outline;
    }

    @Test
    void aSignedJarStaysAsItIs() throws Exception {
        Path signed = small("META-INF/SOMEONE.SF");
        byte[] content = Files.readAllBytes(signed);
        CacheableJar.main(new String[] {folder.toString()});
        assertThat(Files.readAllBytes(signed)).isEqualTo(content);
    }

    @Test
    void theJarsOfAFolderAreRewrittenInPlaceOnce() throws Exception {
        Path jar = small();
        assertThat(CacheableJar.isOld(jar)).isTrue();
        CacheableJar.main(new String[] {folder.toString()});
        assertThat(CacheableJar.isOld(jar)).isFalse();
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(jar));
        FileTime written = Files.getLastModifiedTime(jar);
        CacheableJar.main(new String[] {folder.toString()});
        assertThat(Files.getLastModifiedTime(jar)).isEqualTo(written);
    }
}
