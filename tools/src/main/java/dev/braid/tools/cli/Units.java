package dev.braid.tools.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads quantities with the units of tc(8), upper or lower case: {@code 40mbit}, {@code 20ms}, {@code 100kb}, {@code 1.5%}.
 *
 * <p>Unlike tc it takes no bare number where tc's own meaning surprises: a time has a unit, and so has a probability, but for
 * 0. Every method throws {@link TypeConversionException} with a line for the person at the keyboard.
 */
public final class Units {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,12})?)([a-z%]*)");

    /** Powers of 1,000; "bps" is bytes a second. */
    private static final Map<String, Long> RATES = Map.ofEntries(
            Map.entry("", 1L), Map.entry("bit", 1L), Map.entry("kbit", 1_000L), Map.entry("mbit", 1_000_000L),
            Map.entry("gbit", 1_000_000_000L), Map.entry("kibit", 1L << 10), Map.entry("mibit", 1L << 20),
            Map.entry("gibit", 1L << 30), Map.entry("bps", 8L), Map.entry("kbps", 8_000L),
            Map.entry("mbps", 8_000_000L), Map.entry("gbps", 8_000_000_000L));

    private static final Map<String, Long> TIMES = Map.of(
            "ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "sec", 1_000_000_000L);

    /** Powers of 1,024, as tc has them. */
    private static final Map<String, Long> SIZES = Map.of(
            "", 1L, "b", 1L, "k", 1L << 10, "kb", 1L << 10, "m", 1L << 20, "mb", 1L << 20, "g", 1L << 30, "gb",
            1L << 30);

    private static final long MAX_RATE = 1_000_000_000_000L;
    private static final long MAX_TIME_NS = 86_400_000_000_000L;

    private Units() {}

    /** Bits a second, up to 1000gbit; {@code bps} is bytes, as in tc. 0 means unlimited. */
    public static long rate(String text) {
        return read(text, RATES, MAX_RATE, "rate, such as 40mbit or 1gbit (mbps would be megabytes a second)");
    }

    /** Nanoseconds, up to a day. */
    public static long timeNs(String text) {
        if (text.equals("0")) {
            return 0;
        }
        return read(text, TIMES, MAX_TIME_NS, "time, such as 20ms or 1.5s");
    }

    /** Bytes, below 2 GB; k is 1,024. */
    public static int bytes(String text) {
        return (int) read(text, SIZES, Integer.MAX_VALUE, "number of bytes, such as 100kB or 1500");
    }

    /** A probability of 0 to 1, written as a percentage. */
    public static double probability(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches() && (form.group(2).equals("%") || text.equals("0"))) {
            BigDecimal percent = new BigDecimal(form.group(1));
            if (percent.compareTo(BigDecimal.valueOf(100)) <= 0) {
                return percent.movePointLeft(2).doubleValue();
            }
        }
        throw refuse(text, "percentage, such as 1% or 0.05%");
    }

    private static long read(String text, Map<String, Long> units, long max, String what) {
        Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        Long unit = form.matches() ? units.get(form.group(2)) : null;
        if (unit != null) {
            BigDecimal value = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
            if (value.compareTo(BigDecimal.valueOf(max)) <= 0) {
                return value.setScale(0, RoundingMode.HALF_UP).longValueExact();
            }
        }
        throw refuse(text, what);
    }

    private static TypeConversionException refuse(String text, String what) {
        return new TypeConversionException("\"" + text + "\" is no " + what);
    }
}
