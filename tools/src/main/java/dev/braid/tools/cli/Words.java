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
        T[] constants = type.getEnumConstants();
        ITypeConverter<T> converter = word -> {
            for (T constant : constants) {
                if (constant.toString().equalsIgnoreCase(word)) {
                    return constant;
                }
            }
            String known = Arrays.stream(constants)
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            throw new TypeConversionException("expected one of " + known + " but was '" + word + "'");
        };
        line.registerConverter(type, converter);
    }
}
