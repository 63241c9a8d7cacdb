package dev.braid.tools.proxy;

import dev.braid.fastpath.wire.IpAddress;
import java.util.Locale;

/** Hosts as clients write them. Whatever passes can be put into a log line. */
final class HostText {
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;

    private HostText() {}

    /**
     * The name or address in small letters, without brackets and without the last dot. Underscores pass: there are hosts that have them.
     *
     * @throws RefusedException for what can be neither
     */
    static String parse(String text) throws RefusedException {
        boolean bracketed = text.length() > 2 && text.startsWith("[") && text.endsWith("]");
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        if (bare.indexOf(':') >= 0 || bracketed) {
            return parseIpv6(bare);
        }
        String name = bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw malformed(name.length() + " characters are no host name");
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > MAX_LABEL || !label.chars().allMatch(HostText::isInNames)) {
                throw malformed("a host name with a label that cannot be");
            }
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static String parseIpv6(String text) throws RefusedException {
        try {
            return IpAddress.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw malformed("an address that cannot be");
        }
    }

    private static boolean isInNames(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private static RefusedException malformed(String message) {
        return new RefusedException(Refusal.MALFORMED, message);
    }
}
