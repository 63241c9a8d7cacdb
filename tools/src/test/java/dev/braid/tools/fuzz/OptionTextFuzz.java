package dev.braid.tools.fuzz;

import dev.braid.testing.fuzz.FuzzInput;
import dev.braid.tools.cli.ByteCount;
import dev.braid.tools.cli.HostPort;
import dev.braid.tools.cli.LinkOption;
import dev.braid.tools.cli.PortList;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Any text behind a command's options: understood, or refused in one line that picocli can print. */
public final class OptionTextFuzz {
    /** Hosts that need no resolver: nothing here may send a question to the network. */
    private static final Pattern NUMERIC = Pattern.compile("([0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[^%]*:[^%]*])?:.*|[^:]*",
            Pattern.DOTALL);

    private OptionTextFuzz() {}

    /** The input is the option, a byte, and its text. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        int option = input.below(4);
        String text = input.text();
        switch (option) {
            case 0 -> {
                if (NUMERIC.matcher(text).matches()) {
                    convert(new HostPort(), text);
                }
            }
            case 1 -> convert(new LinkOption(), text);
            case 2 -> {
                Long count = convert(new ByteCount(), text);
                if (count != null && (count < 1 || count > 1L << 40)) {
                    throw new AssertionError("'" + text + "' is " + count);
                }
            }
            default -> convert(new PortList.Converter(), text);
        }
    }

    private static <T> T convert(ITypeConverter<T> converter, String text) {
        try {
            return converter.convert(text);
        } catch (TypeConversionException refused) {
            if (refused.getMessage() == null || refused.getMessage().isBlank()) {
                throw new AssertionError("refused without words", refused);
            }
            return null;
        } catch (Exception e) {
            throw new AssertionError("'" + text + "' ended in " + e, e);
        }
    }
}
