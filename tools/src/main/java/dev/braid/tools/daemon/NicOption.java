package dev.braid.tools.daemon;

import dev.braid.tools.config.ConfigException;
import dev.braid.tools.config.ConfigFile;
import dev.braid.tools.config.HostConfig.LinkConfig;
import java.util.List;
import java.util.StringJoiner;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --link nic=wlan0,role=backup,metered=true,mtu=1400}: what {@code [link.wlan0]} says in the file. */
final class NicOption implements ITypeConverter<LinkConfig> {
    private static final List<String> TEXTS = List.of("role");
    private static final List<String> BARE = List.of("metered", "mtu");

    @Override
    public LinkConfig convert(String text) {
        String nic = "";
        var keys = new StringJoiner("\n");
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            if (!value.chars().allMatch(c -> c > ' ' && c < 127 && c != '\'')) {
                throw refuse(text, "\"" + key + "\" has no such value");
            } else if (key.equals("nic")) {
                nic = value;
            } else if (TEXTS.contains(key)) {
                keys.add(key + " = '" + value + "'");
            } else if (BARE.contains(key)) {
                keys.add(key + " = " + value);
            } else if (key.equals("tun") || key.equals("address")) {
                throw refuse(text, "braid up makes the TUN devices and their addresses itself: nic=NAME[,role=ROLE]");
            } else {
                throw refuse(text, "unknown key \"" + key + "\"; known are nic, role, metered and mtu");
            }
        }
        if (nic.isEmpty()) {
            throw refuse(text, "nic=NAME is missing");
        }
        try {
            return ConfigFile.parse("--link", "[link.'" + nic + "']\n" + keys).links().getFirst();
        } catch (ConfigException e) {
            throw refuse(text, e.problems().getFirst().replaceFirst("^--link(:\\d+)?: ", ""));
        }
    }

    private static TypeConversionException refuse(String text, String why) {
        return new TypeConversionException("--link " + text + ": " + why);
    }
}
