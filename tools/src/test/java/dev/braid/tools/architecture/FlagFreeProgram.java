package dev.braid.tools.architecture;

import java.util.List;

/** Started by {@link NoFlagsTest} in a JVM of its own: initialises every class of the modules that run in process. */
final class FlagFreeProgram {
    private FlagFreeProgram() {}

    public static void main(String[] args) throws ClassNotFoundException {
        for (String module : List.of("fastpath", "tun-driver", "stack")) {
            for (CompiledClass type : CompiledClass.ofModule(module)) {
                Class.forName(type.name());
            }
        }
    }
}
