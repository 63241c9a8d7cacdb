package dev.braid.tools.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** The values of options that are one of a few words: in small letters as help has them, in any as people type them. */
public final class Words {
    private Words() {}

    /** Has every option and parameter of the command and its subcommands whose type is an enum read so. */
    public static void register(CommandLine line) {
        register(line, line.getCommandSpec());
    }

    private static void register(CommandLine line, CommandSpec command) {
        for (ArgSpec argument : command.args()) {
            Class<?> type = argument.typeInfo().getType();
            if (type.isEnum()) {
                register(line, type);
            }
        }
        for (CommandLine subcommand : command.subcommands().values()) {
            register(line, subcommand.getCommandSpec());
        }
    }

    private static <T> void register(CommandLine line, Class<T> type) {
        ITypeConverter<T> converter = word -> {
            try {
                return read(word, type);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        };
        line.registerConverter(type, converter);
    }

    /**
     * The constant of an enumeration that a word means.
     *
     * @throws IllegalArgumentException with one line that names the words there are
     */
    public static <T> T read(String word, Class<T> type) {
        T[] constants = type.getEnumConstants();
        for (T constant : constants) {
            if (constant.toString().equalsIgnoreCase(word)) {
                return constant;
            }
        }
        String known = Arrays.stream(constants)
                .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException("expected one of " + known + " but was '" + word + "'");
    }
}
