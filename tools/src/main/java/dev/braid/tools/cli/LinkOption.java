package dev.braid.tools.cli;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Link;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads {@code --link tun=tun0,address=10.77.0.2/24+fd77::2/64}: one TUN device and the stack's own addresses on it.
 */
public final class LinkOption implements ITypeConverter<Link> {
    private static final int MAX_DEVICE_NAME = 15;

    @Override
    public Link convert(String text) {
        String device = "";
        List<Prefix> addresses = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            if (!seen.add(key)) {
                throw refuse(text, key + " is given twice");
            }
            switch (key) {
                case "tun" -> device = deviceName(text, value);
                case "address" -> addresses.addAll(prefixes(text, value));
                case "nic", "role" ->
                    throw refuse(text, key + " is for links bound to network interfaces: use braid up");
                default -> throw refuse(text, "unknown key \"" + key + "\"; known are tun and address");
            }
        }
        if (device.isEmpty()) {
            throw refuse(text, "tun=NAME is missing");
        }
        if (addresses.isEmpty()) {
            throw refuse(text, "address=ADDRESS/LENGTH is missing");
        }
        Link link = Link.tun(device);
        for (Prefix address : addresses) {
            link = link.address(address.toString());
        }
        return link;
    }

    private static String deviceName(String text, String value) {
        boolean printable = value.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':' && c != '%');
        if (value.isEmpty() || value.length() > MAX_DEVICE_NAME || !printable || value.equals(".")
                || value.equals("..")) {
            throw refuse(text, "\"" + value + "\" is no device name: 1 to 15 characters, no space, '/', ':' or '%'");
        }
        return value;
    }

    private static List<Prefix> prefixes(String text, String value) {
        List<Prefix> found = new ArrayList<>();
        for (String one : value.split("\\+", -1)) {
            try {
                Prefix prefix = Prefix.parse(one);
                if (prefix.address().isUnspecified() || prefix.address().isMulticast() || prefix.address().isLoopback()
                        || prefix.isDirectedBroadcast(prefix.address().hi(), prefix.address().lo())) {
                    throw refuse(text, one + " is not an address a host can have");
                }
                found.add(prefix);
            } catch (IllegalArgumentException e) {
                throw refuse(text,
                        "\"" + one + "\" is no address with a prefix length, such as 10.77.0.2/24 or fd77::2/64");
            }
        }
        return found;
    }

    private static TypeConversionException refuse(String text, String why) {
        return new TypeConversionException("--link " + text + ": " + why);
    }
}
