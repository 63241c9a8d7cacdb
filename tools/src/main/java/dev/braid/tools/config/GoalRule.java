package dev.braid.tools.config;

import org.jspecify.annotations.Nullable;

/**
 * The destinations that a goal is for, as people write them: {@code *}, {@code video.example.net}, {@code *.example.net}, {@code :22},
 * {@code host:443}, {@code [2001:db8::1]:22}.
 *
 * @param host in small letters; {@code null} = every one
 * @param port 0 = every one
 */
public record GoalRule(@Nullable String host, int port) {
    /**
     * Reads one.
     *
     * @throws IllegalArgumentException with one line, when it is none
     */
    public static GoalRule parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        boolean bare = colon < 0 || bracketed || (text.indexOf(':') != colon && !text.startsWith("["));
        String host = bare ? text : text.substring(0, colon);
        int port = bare ? 0 : ConfigValues.port(text.substring(colon + 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a rule is HOST, :PORT or HOST:PORT");
        }
        boolean every = host.isEmpty() || host.equals("*");
        return new GoalRule(every ? null : ConfigValues.domain(host), port);
    }

    @Override
    public String toString() {
        String name = host == null ? port == 0 ? "*" : "" : host;
        String shown = name.indexOf(':') >= 0 && port != 0 ? "[" + name + "]" : name;
        return port == 0 ? shown : shown + ":" + port;
    }
}
