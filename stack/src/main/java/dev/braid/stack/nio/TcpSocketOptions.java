package dev.braid.stack.nio;

import dev.braid.stack.socket.StreamProtocol;
import java.net.SocketOption;

/** Socket options of TCP that the platform has no names for. */
public final class TcpSocketOptions {
    /**
     * The name of the congestion control, such as {@code "cubic"} or {@code "bbr"}: what Linux calls TCP_CONGESTION. It can be changed
     * on a live connection, which goes on from the window it has; on a server's channel it counts for the connections it
     * accepts from then on. A name that the stack does not know is an {@link IllegalArgumentException}.
     */
    public static final SocketOption<String> TCP_CONGESTION = new Named<>("TCP_CONGESTION", String.class);

    /**
     * What the channel speaks: Multipath TCP or plain TCP. Unless it is set, the host's default. It counts when the channel connects
     * or begins to listen and cannot be changed after that; on an accepted or connected channel it tells which of the two there is.
     */
    public static final SocketOption<StreamProtocol> PROTOCOL = new Named<>("PROTOCOL", StreamProtocol.class);

    private TcpSocketOptions() {}

    private record Named<T>(String name, Class<T> type) implements SocketOption<T> {
        @Override
        public String toString() {
            return name;
        }
    }
}
