package dev.braid.tools.host;

/**
 * Where a client wants to go.
 *
 * @param host a name or an address as text, in small letters, without brackets
 * @param port 1..65535
 * @param client who asks: the user name it gave, or {@code uid N}, or empty
 */
public record Target(String host, int port, String client) {
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
