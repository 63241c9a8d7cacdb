package dev.braid.tools.proxy;

import dev.braid.tools.host.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The CONNECT method of HTTP/1.1 (RFC 9110 section 9.3.6, RFC 9112 section 3.2.3). No other method is served. */
final class HttpConnect implements Handshake {
    private static final int MAX_FIELDS = 64;
    private static final String AUTHORIZATION = "proxy-authorization";

    private final ClientInput client;
    private final Logins logins;

    HttpConnect(ClientInput client, Logins logins) {
        this.client = client;
        this.logins = logins;
    }

    @Override
    public Target request() throws IOException {
        List<String> lines = head();
        String[] words = lines.getFirst().split(" ", -1);
        if (words.length != 3 || Arrays.stream(words).anyMatch(String::isEmpty)) {
            throw malformed("a request line that cannot be");
        }
        if (!words[2].equals("HTTP/1.1") && !words[2].equals("HTTP/1.0")) {
            throw new RefusedException(Refusal.VERSION, "not a version of HTTP that is served");
        }
        String credentials = credentials(lines.subList(1, lines.size()));
        if (!words[0].equals("CONNECT")) {
            throw new RefusedException(Refusal.COMMAND, "HTTP without CONNECT is not served");
        }
        String user = logins.required() ? login(credentials) : "";
        return authority(words[1], user);
    }

    /** The lines up to the empty one. A line may end with LF alone, as RFC 9112 section 2.2 lets a recipient have it; CR alone may not. */
    private List<String> head() throws IOException {
        var head = new ByteArrayOutputStream();
        int lineStart = 0;
        while (true) {
            int c = client.next();
            if (c != '\n') {
                head.write(c);
                continue;
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            String line = text.substring(lineStart);
            if (line.isEmpty() || line.equals("\r")) {
                return lines(text);
            }
            head.write('\n');
            lineStart = head.size();
        }
    }

    private static List<String> lines(String head) throws RefusedException {
        List<String> lines = Arrays.stream(head.split("\n", -1))
                .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
                .filter(line -> !line.isEmpty())
                .toList();
        if (lines.isEmpty()) {
            throw malformed("a request without a line");
        }
        if (lines.size() > MAX_FIELDS + 1) {
            throw new RefusedException(Refusal.TOO_LARGE, "more than " + MAX_FIELDS + " fields");
        }
        if (lines.stream().anyMatch(line -> line.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f))) {
            throw malformed("control characters in the request");
        }
        return lines;
    }

    /** Checks the fields' form (RFC 9112 section 5) and finds the login among them; empty = none. */
    private static String credentials(List<String> fields) throws RefusedException {
        String found = "";
        for (String field : fields) {
            int colon = field.indexOf(':');
            String name = colon <= 0 ? "" : field.substring(0, colon);
            if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ')) {
                throw malformed("a field that cannot be");
            }
            if (name.toLowerCase(Locale.ROOT).equals(AUTHORIZATION)) {
                found = field.substring(colon + 1).strip();
            }
        }
        return found;
    }

    /** RFC 7617. */
    private String login(String credentials) throws RefusedException {
        String[] words = credentials.split(" ", 2);
        if (words.length != 2 || !words[0].equalsIgnoreCase("basic")) {
            throw new RefusedException(Refusal.LOGIN, "the client does not log in");
        }
        byte[] pair;
        try {
            pair = Base64.getDecoder().decode(words[1].strip());
        } catch (IllegalArgumentException e) {
            throw malformed("a login that cannot be");
        }
        int colon = 0;
        while (colon < pair.length && pair[colon] != ':') {
            colon++;
        }
        String user = new String(pair, 0, colon, StandardCharsets.UTF_8);
        if (colon == pair.length || !logins.check(user, Arrays.copyOfRange(pair, colon + 1, pair.length))) {
            throw new RefusedException(Refusal.LOGIN, "wrong name or password");
        }
        return user;
    }

    /** RFC 9110 section 7.2: host and port, both of them. */
    private static Target authority(String text, String user) throws RefusedException {
        int colon = text.lastIndexOf(':');
        String digits = text.substring(colon + 1);
        if (colon <= 0 || digits.isEmpty() || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed("CONNECT wants host and port");
        }
        int port = Integer.parseInt(digits);
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[");
        if (port == 0 || port > 0xffff || (host.indexOf(':') >= 0 && !bracketed)) {
            throw malformed("CONNECT wants host and port");
        }
        return new Target(HostText.parse(host), port, user);
    }

    private static RefusedException malformed(String message) {
        return new RefusedException(Refusal.MALFORMED, message);
    }

    @Override
    public void accept() throws IOException {
        client.say("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void refuse(Refusal why) throws IOException {
        String body = why.httpStatus() + "\n";
        String more = switch (why) {
            case COMMAND -> "Allow: CONNECT\r\n";
            case LOGIN -> "Proxy-Authenticate: Basic realm=\"braid\", charset=\"UTF-8\"\r\n";
            default -> "";
        };
        String answer = "HTTP/1.1 " + why.httpStatus() + "\r\n" + more
                + "Connection: close\r\nContent-Type: text/plain\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        client.say(answer.getBytes(StandardCharsets.US_ASCII));
    }
}
