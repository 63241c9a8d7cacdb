package dev.braid.tools.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dependencies between modules and packages run as the table in docs/nutshell.md says. */
@Tag("arch")
class LayersTest {
    private static final String FASTPATH = "dev.braid.fastpath";
    private static final String TUN_DRIVER = "dev.braid.tundriver";
    private static final String STACK = "dev.braid.stack";

    @Test
    void fastpathNamesNothingElseOfOurs() {
        assertThat(strangers("fastpath", List.of(FASTPATH))).isEmpty();
    }

    @Test
    void tunDriverNamesOnlyFastpath() {
        assertThat(strangers("tun-driver", List.of(TUN_DRIVER, FASTPATH))).isEmpty();
    }

    @Test
    void stackNamesOnlyFastpath() {
        assertThat(strangers("stack", List.of(STACK, FASTPATH))).isEmpty();
    }

    @Test
    void toolsDoNotNameTheBenchmarks() {
        assertThat(strangers("tools", List.of("dev.braid.tools", STACK, TUN_DRIVER, FASTPATH))).isEmpty();
    }

    @Test
    void benchmarksDoNotNameTheTools() {
        assertThat(strangers("bench", List.of("dev.braid.bench", STACK, TUN_DRIVER, FASTPATH))).isEmpty();
    }

    @ParameterizedTest(name = "{0} holds {1} only")
    @CsvSource({
        "fastpath, dev.braid.fastpath", "tun-driver, dev.braid.tundriver", "stack, dev.braid.stack",
        "bench, dev.braid.bench", "tools, dev.braid.tools"})
    void aModuleHoldsItsOwnPackage(String module, String packageName) {
        assertThat(CompiledClass.ofModule(module)).allMatch(type -> type.isIn(packageName));
    }

    @Test
    void tcpNamesNothingOfMptcp() {
        assertThat(CompiledClass.ofModule("stack").stream().filter(type -> type.isIn(STACK + ".tcp")))
                .isNotEmpty()
                .noneMatch(type -> type.types().stream().anyMatch(used -> used.startsWith(STACK + ".mptcp")));
    }

    @Test
    void packagesOfToolsNameEachOtherInOneDirection() {
        assertThat(circles(CompiledClass.ofModule("tools"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"fastpath", "stack"})
    void onlyTheDriverCallsForeignFunctions(String module) {
        assertThat(CompiledClass.ofModule(module)).noneMatch(type -> type.types().contains("java.lang.foreign.Linker"));
    }

    @Test
    void aForbiddenNeighbourIsReported() {
        assertThat(strangers(List.of(CompiledClass.of(Trespasser.class)), List.of(FASTPATH)))
                .containsExactly(Trespasser.class.getName() + " names " + LayersTest.class.getName());
    }

    /** What is left of the packages and of those they name, when those that name nobody who is left are taken away, and so on. */
    private static Map<String, Set<String>> circles(List<CompiledClass> types) {
        var named = new TreeMap<String, Set<String>>();
        types.forEach(type -> named.computeIfAbsent(packageOf(type.name()), _ -> new TreeSet<>()));
        for (CompiledClass type : types) {
            String own = packageOf(type.name());
            type.types().stream().map(LayersTest::packageOf)
                    .filter(used -> !used.equals(own) && named.containsKey(used))
                    .forEach(named.get(own)::add);
        }
        while (named.values().removeIf(Set::isEmpty)) {
            named.values().forEach(used -> used.retainAll(named.keySet()));
        }
        return named;
    }

    private static String packageOf(String type) {
        return type.substring(0, Math.max(0, type.lastIndexOf('.')));
    }

    /** "class names stranger" for each class of ours that is named and lies in none of the packages. */
    private static List<String> strangers(String module, List<String> packages) {
        return strangers(CompiledClass.ofModule(module), packages);
    }

    private static List<String> strangers(List<CompiledClass> types, List<String> packages) {
        var found = new ArrayList<String>();
        for (CompiledClass type : types) {
            for (String used : type.types()) {
                boolean ours = used.startsWith("dev.braid.") && !used.equals(type.name());
                if (ours && packages.stream().noneMatch(allowed -> used.startsWith(allowed + '.'))) {
                    found.add(type.name() + " names " + used);
                }
            }
        }
        return found;
    }

    /** Names a class it must not, in the type of a field alone. */
    @SuppressWarnings("unused") // nobody makes one
    private static final class Trespasser {
        LayersTest neighbour;
    }
}
