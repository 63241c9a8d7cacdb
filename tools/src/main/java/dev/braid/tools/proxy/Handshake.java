package dev.braid.tools.proxy;

import dev.braid.tools.host.Target;
import java.io.IOException;

/** What is said with one client before its bytes are carried: {@link Socks5} or {@link HttpConnect}. One thread. */
interface Handshake {
    /**
     * Hears the client out, login included.
     *
     * @return where it wants to go; the client is its user name, or empty
     * @throws RefusedException to be told by {@link #refuse}
     * @throws IOException when the client went away, or said what cannot be answered
     */
    Target request() throws IOException;

    /** Tells the client that it is connected. */
    void accept() throws IOException;

    /** Tells the client that it is not. */
    void refuse(Refusal why) throws IOException;
}
