package dev.braid.tools.architecture;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the modules of the checkout that these tests run in have their classes. */
final class Modules {
    private Modules() {}

    /** The folder of the module's main classes. */
    static Path classes(String module) {
        return checkout().resolve(module).resolve("target").resolve("classes");
    }

    /** The folder of the root pom.xml: the parent of the module that the tests run in, or the folder itself. */
    static Path checkout() {
        Path folder = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return Files.isDirectory(folder.resolve("fastpath")) ? folder : folder.getParent();
    }
}
