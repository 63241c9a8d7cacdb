package dev.braid.tools.config;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** Reads and writes the texts that stand for addresses, networks and names. What is wrong is one line of an {@link IllegalArgumentException}. */
public final class ConfigValues {
    private static final int LONGEST_DEVICE = 15;
    private static final int LONGEST_NAME = 253;

    private ConfigValues() {}

    /** {@code 127.0.0.1:1080} or {@code [::1]:1080}: never a name, which would be looked up. */
    public static InetSocketAddress socket(String text) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[") && colon > 0 && text.charAt(colon - 1) == ']';
        if (colon <= 0 || (!bracketed && text.indexOf(':') != colon)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no ADDRESS:PORT, such as 127.0.0.1:1080 or [::1]:1080");
        }
        String address = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
        return new InetSocketAddress(address(address), port(text.substring(colon + 1)));
    }

    /** The same, and a bare address for port 53. */
    static InetSocketAddress nameServer(String text) {
        try {
            return new InetSocketAddress(address(text), 53);
        } catch (IllegalArgumentException e) {
            return socket(text);
        }
    }

    /** As {@code ADDRESS:PORT}, an IPv6 address in brackets; of a socket whose address is known. */
    public static String text(InetSocketAddress socket) {
        String host = IpAddress.ofBytes(socket.getAddress().getAddress()).toString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + socket.getPort();
    }

    /** A network such as {@code 203.0.113.0/24}; a bare address is one of a single host. */
    static Prefix network(String text) {
        try {
            return Prefix.parse(text.indexOf('/') >= 0 ? text : text + (text.indexOf(':') >= 0 ? "/128" : "/32"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no network, such as 203.0.113.0/24 or 2001:db8::/32", e);
        }
    }

    /** {@code intranet.example} or {@code *.corp.example}, in small letters. */
    static String domain(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        String bare = name.startsWith("*.") ? name.substring(2) : name;
        if (bare.isEmpty() || bare.length() > LONGEST_NAME || bare.indexOf('*') >= 0
                || bare.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no name, such as intranet.example or *.corp.example");
        }
        return name;
    }

    /** A network interface's name, none that {@code /proc/sys/net} means something else by. */
    static String device(String text) {
        boolean plain = text.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':' && c != '%');
        if (text.isEmpty() || text.length() > LONGEST_DEVICE || !plain || text.equals(".") || text.equals("..")
                || text.equals("all") || text.equals("default") || text.equals("lo")) {
            throw new IllegalArgumentException("\"" + text + "\" is no name of a network interface that can be bound");
        }
        return text;
    }

    /** {@code HOST:PORT} whose host may be a name; unchanged. Empty stays empty. */
    static String server(String text) {
        int colon = text.lastIndexOf(':');
        if (!text.isEmpty() && colon <= 0) {
            throw new IllegalArgumentException("\"" + text + "\" is no HOST:PORT");
        }
        if (!text.isEmpty()) {
            port(text.substring(colon + 1));
        }
        return text;
    }

    static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no port", e);
        }
        throw new IllegalArgumentException("a port is 1 to 65535, not " + text);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByAddress(IpAddress.parse(text).toBytes());
        } catch (IllegalArgumentException | UnknownHostException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no address", e);
        }
    }
}
