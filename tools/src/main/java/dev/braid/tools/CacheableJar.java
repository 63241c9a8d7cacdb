package dev.braid.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A library's jar whose classes the JVM's cache takes (JEP 483): it passes over class files of before Java 6, for those have no stack
 * maps, with which all that can be verified is verified when the cache is made. Here they get them, and say that they are Java 7's,
 * the first version of which the JVM demands them (JVMS 4.10); nothing else about them changes. Part of the build.
 */
public final class CacheableJar {
    private static final int LAST_WITHOUT = ClassFile.JAVA_5_VERSION;
    private static final int FIRST_HELD_TO = ClassFile.JAVA_7_VERSION;
    /** Magic number and version (JVMS 4.1). */
    private static final int HEADER = 8;

    private final ClassFile files;

    private CacheableJar(ClassLoader library) {
        files = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(library)));
    }

    /** Rewrites the jars in a folder that need it. */
    public static void main(String[] args) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
            for (Path jar : jars) {
                if (isOld(jar)) {
                    Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
                    write(jar, rewritten);
                    Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
    }

    /** True for a jar with class files that the cache would pass over; false for one that is signed, which is not to be changed. */
    static boolean isOld(Path jar) throws IOException {
        boolean old = false;
        try (ZipFile from = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                if (entry.getName().endsWith(".SF")) {
                    return false;
                }
                if (!old && isClass(entry)) {
                    try (InputStream bytes = from.getInputStream(entry)) {
                        old = isOld(bytes.readNBytes(HEADER));
                    }
                }
            }
        }
        return old;
    }

    /**
     * Writes a jar anew.
     *
     * @param to a file that is made or overwritten
     * @throws IllegalArgumentException when a class file cannot be read, or makes no sense to the verifier
     */
    static void write(Path jar, Path to) throws IOException {
        try (URLClassLoader library = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                ZipFile from = new ZipFile(jar.toFile());
                OutputStream file = Files.newOutputStream(to);
                ZipOutputStream out = new ZipOutputStream(file)) {
            var cacheable = new CacheableJar(library);
            for (ZipEntry entry : Collections.list(from.entries())) {
                var copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                try (InputStream bytes = from.getInputStream(entry)) {
                    byte[] content = bytes.readAllBytes();
                    out.write(isClass(entry) && isOld(content) ? cacheable.raise(content) : content);
                }
            }
        }
    }

    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(".class");
    }

    private static boolean isOld(byte[] file) {
        return file.length >= HEADER && (((file[6] & 0xff) << 8) | (file[7] & 0xff)) <= LAST_WITHOUT;
    }

    /** Code is read as the old version's and written as the new one's in one step: a second reader would look for stack maps. */
    private byte[] raise(byte[] old) {
        ClassTransform version = (to, element) -> {
            if (element instanceof ClassFileVersion) {
                to.withVersion(FIRST_HELD_TO, 0);
            } else {
                to.with(element);
            }
        };
        byte[] raised = files.transformClass(files.parse(old),
                ClassTransform.transformingMethodBodies((to, element) -> to.with(element)).andThen(version));
        List<VerifyError> errors = files.verify(raised);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(errors.getFirst());
        }
        return raised;
    }
}
