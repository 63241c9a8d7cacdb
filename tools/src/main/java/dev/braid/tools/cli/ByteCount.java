package dev.braid.tools.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes such as {@code 1}, {@code 64k}, {@code 20M} or {@code 1G}; the suffixes are powers of 1,024. */
public final class ByteCount implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([kmg]?)");
    private static final long MAX = 1L << 40;

    @Override
    public Long convert(String text) {
        Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (form.matches()) {
            int shift = switch (form.group(2)) {
                case "k" -> 10;
                case "m" -> 20;
                case "g" -> 30;
                default -> 0;
            };
            long number = Long.parseLong(form.group(1));
            if (number >= 1 && number <= MAX >> shift) {
                return number << shift;
            }
        }
        throw new TypeConversionException("\"" + text + "\" is no number of bytes, such as 20M (1 to 1024G)");
    }
}
