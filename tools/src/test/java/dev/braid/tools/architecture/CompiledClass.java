package dev.braid.tools.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the class file of one class says it depends on.
 *
 * @param name its binary name with dots, such as {@code dev.braid.stack.tcp.Tcb}
 * @param types binary names of every class it names: used, extended, in a field's or method's type, in an annotation
 * @param members the fields and methods of other classes it uses, as {@code java.lang.System.nanoTime}
 */
record CompiledClass(String name, Set<String> types, Set<String> members) {
    /** A class name inside a descriptor, a generic signature or an array's name. */
    private static final Pattern NAME_IN_DESCRIPTOR = Pattern.compile("L([\\w$/]+)[;<]");

    /**
     * The classes compiled from {@code src/main} of a module of this checkout.
     *
     * @throws IllegalStateException when the module has none, so that no rule passes for want of classes
     */
    static List<CompiledClass> ofModule(String module) {
        Path classes = Modules.classes(module);
        try (var files = Files.walk(classes)) {
            List<CompiledClass> found = files.filter(file -> file.toString().endsWith(".class"))
                    .map(CompiledClass::parse)
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalStateException("no class files in " + classes);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The facts of a class that is loaded, for the tests of the rules themselves. */
    static CompiledClass of(Class<?> type) {
        String resource = '/' + type.getName().replace('.', '/') + ".class";
        try (var in = type.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no class file for " + type);
            }
            return of(ClassFile.of().parse(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the class lies in the package or below it. */
    boolean isIn(String packageName) {
        return name.startsWith(packageName + '.');
    }

    private static CompiledClass parse(Path file) {
        try {
            return of(ClassFile.of().parse(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompiledClass of(ClassModel model) {
        var types = new TreeSet<String>();
        var members = new TreeSet<String>();
        for (var entry : model.constantPool()) {
            switch (entry) {
                case MemberRefEntry member ->
                    members.add(dotted(member.owner().asInternalName()) + '.' + member.name().stringValue());
                case ClassEntry type -> addType(type.asInternalName(), types);
                case Utf8Entry text -> addDescribed(text.stringValue(), types);
                default -> {}
            }
        }
        return new CompiledClass(dotted(model.thisClass().asInternalName()), types, members);
    }

    private static void addType(String internalName, Set<String> types) {
        if (internalName.startsWith("[")) {
            addDescribed(internalName, types);
        } else {
            types.add(dotted(internalName));
        }
    }

    private static void addDescribed(String text, Set<String> types) {
        Matcher matcher = NAME_IN_DESCRIPTOR.matcher(text);
        while (matcher.find()) {
            types.add(dotted(matcher.group(1)));
        }
    }

    private static String dotted(String internalName) {
        return internalName.replace('/', '.');
    }
}
