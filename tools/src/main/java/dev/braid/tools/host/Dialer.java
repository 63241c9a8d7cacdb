package dev.braid.tools.host;

import java.io.IOException;

/** Makes connections: looks the name up, races addresses and links, and says why it went the way it did. Any thread; blocks. */
@FunctionalInterface
public interface Dialer {
    /**
     * Connects. An interrupt ends it.
     *
     * @throws java.net.UnknownHostException when the name has no address
     * @throws java.net.NoRouteToHostException when no link can be used
     * @throws java.net.ConnectException when the last of all tries was refused
     * @throws java.net.SocketTimeoutException when none was answered in time
     * @throws java.nio.channels.ClosedByInterruptException when the calling thread was interrupted
     * @throws IOException otherwise; its message is one line for the client's log
     */
    Connected dial(Target target) throws IOException;
}
