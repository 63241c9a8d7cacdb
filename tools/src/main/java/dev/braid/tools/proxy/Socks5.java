package dev.braid.tools.proxy;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** SOCKS version 5 (RFC 1928) with CONNECT, and names and passwords (RFC 1929). */
final class Socks5 implements Handshake {
    static final int VERSION = 5;

    private static final int NO_LOGIN = 0;
    private static final int USER_PASSWORD = 2;
    private static final int NO_METHOD = 0xff;
    private static final int LOGIN_VERSION = 1;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    private final ClientInput client;
    private final Logins logins;

    Socks5(ClientInput client, Logins logins) {
        this.client = client;
        this.logins = logins;
    }

    @Override
    public Target request() throws IOException {
        String user = greet();
        requireVersion(client.next(), VERSION);
        int command = client.next();
        client.next(); // reserved: nothing is to be understood by it
        String host = host(client.next());
        int port = client.next() << 8 | client.next();
        if (command != CONNECT) {
            throw new RefusedException(Refusal.COMMAND, "SOCKS command " + command + " is not served");
        }
        if (port == 0) {
            throw new RefusedException(Refusal.MALFORMED, "nothing can be connected to port 0");
        }
        return new Target(host, port, user);
    }

    /**
     * Section 3: agrees on a method and goes through it.
     *
     * @return the user's name, or empty
     */
    private String greet() throws IOException {
        requireVersion(client.next(), VERSION);
        int wanted = logins.required() ? USER_PASSWORD : NO_LOGIN;
        boolean offered = false;
        for (byte method : client.next(client.next())) {
            offered |= (method & 0xff) == wanted;
        }
        if (!offered) {
            client.say(new byte[] {VERSION, (byte) NO_METHOD});
            client.finish();
            throw new IOException(logins.required() ? "the client does not log in" : "the client insists on a login");
        }
        client.say(new byte[] {VERSION, (byte) wanted});
        return logins.required() ? login() : "";
    }

    /** RFC 1929. */
    private String login() throws IOException {
        requireVersion(client.next(), LOGIN_VERSION);
        String user = new String(client.next(client.next()), StandardCharsets.UTF_8);
        byte[] password = client.next(client.next());
        boolean right = logins.check(user, password);
        client.say(new byte[] {LOGIN_VERSION, (byte) (right ? 0 : 1)});
        if (!right) {
            client.finish();
            throw new IOException("wrong name or password");
        }
        return user;
    }

    private String host(int kind) throws IOException {
        return switch (kind) {
            case IPV4 -> IpAddress.ofBytes(client.next(4)).toString();
            case IPV6 -> IpAddress.ofBytes(client.next(16)).toString();
            case NAME -> HostText.parse(new String(client.next(client.next()), StandardCharsets.ISO_8859_1));
            default -> throw new RefusedException(Refusal.ADDRESS_TYPE, "SOCKS address type " + kind + " is not known");
        };
    }

    private static void requireVersion(int version, int expected) throws IOException {
        if (version != expected) {
            throw new IOException("version " + version + " where " + expected + " was expected");
        }
    }

    @Override
    public void accept() throws IOException {
        client.say(reply(0));
    }

    @Override
    public void refuse(Refusal why) throws IOException {
        client.say(reply(why.socksReply()));
    }

    /** Section 6, with 0.0.0.0:0 as bound address: no client of CONNECT needs it, and it is nobody's business. */
    private static byte[] reply(int code) {
        return new byte[] {VERSION, (byte) code, 0, IPV4, 0, 0, 0, 0, 0, 0};
    }
}
