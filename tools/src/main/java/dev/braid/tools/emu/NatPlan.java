package dev.braid.tools.emu;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.cli.Units;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A NAT as it is asked for.
 *
 * @param timeoutNs how long a mapping outlives its last packet
 * @param insideIsA whether its inside is the link's end a
 * @param outsideV4 what inside addresses look like outside, or {@code null} to change ports alone
 * @param outsideV6 the same for IPv6
 */
public record NatPlan(
        long timeoutNs, boolean insideIsA, @Nullable IpAddress outsideV4, @Nullable IpAddress outsideV6) {
    /** Reads {@code timeout=60s,inside=a,address=192.0.2.1+2001:db8::1}, all but the timeout optional. */
    public static NatPlan parse(String text) {
        long timeoutNs = 0;
        boolean insideIsA = true;
        IpAddress outsideV4 = null;
        IpAddress outsideV6 = null;
        Set<String> seen = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            if (!seen.add(key)) {
                throw refuse(text, key + " is given twice");
            }
            switch (key) {
                case "timeout" -> timeoutNs = Units.timeNs(value);
                case "inside" -> {
                    if (!value.equals("a") && !value.equals("b")) {
                        throw refuse(text, "inside is a or b");
                    }
                    insideIsA = value.equals("a");
                }
                case "address" -> {
                    for (String one : value.split("\\+", -1)) {
                        IpAddress address = address(text, one);
                        outsideV4 = address.isIpv4() ? address : outsideV4;
                        outsideV6 = address.isIpv4() ? outsideV6 : address;
                    }
                }
                default -> throw refuse(text, "unknown key \"" + key + "\"; known are timeout, inside and address");
            }
        }
        if (timeoutNs == 0) {
            throw refuse(text, "timeout=TIME is missing, such as timeout=60s");
        }
        return new NatPlan(timeoutNs, insideIsA, outsideV4, outsideV6);
    }

    private static IpAddress address(String text, String one) {
        try {
            return IpAddress.parse(one);
        } catch (IllegalArgumentException e) {
            throw refuse(text, "\"" + one + "\" is no IP address");
        }
    }

    private static TypeConversionException refuse(String text, String why) {
        return new TypeConversionException("--nat " + text + ": " + why);
    }

    /** Reads the option's text. */
    static final class Converter implements ITypeConverter<NatPlan> {
        @Override
        public NatPlan convert(String text) {
            return parse(text);
        }
    }
}
