package dev.braid.tools.proxy;

import java.io.IOException;

/** Tells the two protocols on one port apart: SOCKS begins with its version, HTTP with the letter of a method. */
final class FirstByte {
    private static final int SOCKS4 = 4;

    private FirstByte() {}

    /**
     * The protocol that the client speaks; takes no byte.
     *
     * @throws IOException for one that is not spoken here
     */
    static Handshake choose(ClientInput client, Logins logins) throws IOException {
        int first = client.peek();
        if (first == Socks5.VERSION) {
            return new Socks5(client, logins);
        }
        if (first >= 'A' && first <= 'Z') {
            return new HttpConnect(client, logins);
        }
        throw new IOException(first == SOCKS4
                ? "the client speaks SOCKS version 4: have it use version 5"
                : "the client speaks neither SOCKS version 5 nor HTTP");
    }
}
