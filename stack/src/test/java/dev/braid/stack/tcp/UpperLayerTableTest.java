package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/upper-layer.md lists who calls each method of the upper-layer interface, read from the class files. Rewrite it with
 * {@code -Dbraid.docs.rewrite=true}.
 */
class UpperLayerTableTest {
    private static final List<Class<?>> INTERFACES = List.of(UpperLayerProtocol.class, UpperLayer.class,
            LowerLayer.class);

    @Test
    void theTableOfMethodsAndCallersIsUpToDate() throws Exception {
        String table = table();
        Path file = repository().resolve("docs/upper-layer.md");
        if (Boolean.getBoolean("braid.docs.rewrite")) {
            Files.writeString(file, table);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "").isEqualTo(table);
    }

    @Test
    void everyMethodIsCalledByTcpOrByTheSecondUser() throws Exception {
        callers().forEach((method, where) -> assertThat(where).as(method).isNotEmpty());
    }

    private static String table() throws Exception {
        var text = new StringBuilder(
                """
                        # The upper-layer interface

                        How more than a byte stream plugs into TCP: each method, and who calls it. Generated from the class files by
                        `UpperLayerTableTest`; rewrite it with `-Dbraid.docs.rewrite=true`. *Stripe* is the second user, in the tests.
                        """);
        Map<String, TreeSet<String>> callers = callers();
        for (Class<?> type : INTERFACES) {
            text.append("\n## ").append(type.getSimpleName()).append("\n\n| method | called by |\n|---|---|\n");
            for (Method method : methods(type)) {
                String name = type.getSimpleName() + '.' + method.getName();
                text.append("| `").append(method.getName()).append("` | ");
                text.append(String.join(", ", callers.get(name))).append(" |\n");
            }
        }
        return text.toString();
    }

    private static List<Method> methods(Class<?> type) {
        List<Method> methods = new ArrayList<>(Arrays.asList(type.getDeclaredMethods()));
        methods.removeIf(Method::isSynthetic);
        methods.sort(Comparator.comparing(Method::getName));
        return methods;
    }

    private static Map<String, TreeSet<String>> callers() throws Exception {
        Map<String, TreeSet<String>> callers = new TreeMap<>();
        for (Class<?> type : INTERFACES) {
            methods(type)
                    .forEach(method -> callers.put(type.getSimpleName() + '.' + method.getName(), new TreeSet<>()));
        }
        for (Class<?> root : List.of(TcpLayer.class, Stripe.class)) {
            try (Stream<Path> files = Files.list(classes(root).resolve("dev/braid/stack/tcp"))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                    if (root == TcpLayer.class || file.getFileName().toString().startsWith("Stripe")) {
                        read(ClassFile.of().parse(file), callers);
                    }
                }
            }
        }
        return callers;
    }

    private static void read(ClassModel model, Map<String, TreeSet<String>> callers) {
        String caller = model.thisClass().asInternalName().replaceAll(".*/", "").replaceAll("\\$.*", "");
        for (MethodModel method : model.methods()) {
            method.code().ifPresent(code -> code.forEach(element -> {
                if (element instanceof InvokeInstruction call) {
                    String owner = call.owner().asInternalName().replaceAll(".*/", "");
                    // The TCB is what stands behind LowerLayer: calls through the class count as calls through the interface.
                    String asInterface = owner.equals("Tcb") ? "LowerLayer" : owner;
                    TreeSet<String> known = callers.get(asInterface + '.' + call.name().stringValue());
                    String name = method.methodName().stringValue().replaceAll("lambda\\$(\\w+)\\$.*", "$1");
                    if (known != null) {
                        known.add("`" + caller + (name.startsWith("<") ? "" : "." + name) + '`');
                    }
                }
            }));
        }
    }

    private static Path classes(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static Path repository() throws IOException {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("tun-driver")) && Files.exists(at.resolve("stack"))) {
                return at;
            }
        }
        throw new IOException("not inside the repository");
    }
}
