package dev.braid.tools.emu;

import dev.braid.fastpath.wire.Prefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where one end of an emulated link is.
 *
 * @param kind {@code tun} for a TUN, {@code veth} for any Ethernet device
 * @param device its name
 * @param addresses the host's own addresses on a TUN that is made, with their prefix lengths
 * @param namespace the network namespace it is in, or {@code null} for the present one
 */
public record LinkEnd(String kind, String device, List<Prefix> addresses, @Nullable Path namespace) {
    private static final int MAX_DEVICE_NAME = 15;

    /** Copies the list. */
    public LinkEnd {
        addresses = List.copyOf(addresses);
    }

    /** Reads {@code tun=ta,address=10.78.0.1/24+fd78::1/64,netns=left}. */
    public static LinkEnd parse(String text) {
        String kind = "";
        String device = "";
        List<Prefix> addresses = new ArrayList<>();
        Path namespace = null;
        Set<String> seen = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            if (!seen.add(key) || (!kind.isEmpty() && (key.equals("tun") || key.equals("veth")))) {
                throw refuse(text, "one device and each key once");
            }
            switch (key) {
                case "tun", "veth" -> {
                    kind = key;
                    device = deviceName(text, value);
                }
                case "address" -> addresses.addAll(prefixes(text, value));
                case "netns" -> namespace = namespace(text, value);
                default -> throw refuse(text, "unknown key \"" + key + "\"; known are tun, veth, address and netns");
            }
        }
        if (kind.isEmpty()) {
            throw refuse(text, "tun=NAME or veth=NAME is missing");
        }
        if (kind.equals("veth") && !addresses.isEmpty()) {
            throw refuse(text, "addresses belong to the other end of a veth pair");
        }
        return new LinkEnd(kind, device, addresses, namespace);
    }

    private static String deviceName(String text, String value) {
        boolean printable = value.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':' && c != '%');
        if (value.isEmpty() || value.length() > MAX_DEVICE_NAME || !printable) {
            throw refuse(text, "\"" + value + "\" is no device name: 1 to 15 characters, no space, '/', ':' or '%'");
        }
        return value;
    }

    private static List<Prefix> prefixes(String text, String value) {
        List<Prefix> found = new ArrayList<>();
        for (String one : value.split("\\+", -1)) {
            try {
                found.add(Prefix.parse(one));
            } catch (IllegalArgumentException e) {
                throw refuse(text, "\"" + one + "\" is no address with a prefix length, such as 10.78.0.1/24");
            }
        }
        return found;
    }

    private static Path namespace(String text, String value) {
        if (value.isEmpty()) {
            throw refuse(text, "netns is a name of \"ip netns\" or a path");
        }
        return value.indexOf('/') >= 0 ? Path.of(value) : Path.of("/run/netns", value);
    }

    private static TypeConversionException refuse(String text, String why) {
        return new TypeConversionException("\"" + text + "\": " + why);
    }

    /** Reads the option's text. */
    static final class Converter implements ITypeConverter<LinkEnd> {
        @Override
        public LinkEnd convert(String text) {
            return parse(text);
        }
    }
}
