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

    /**
     * The name of the packet scheduler that chooses the subflow for the next data, as in {@code net.mptcp.scheduler}. It can be replaced
     * while a connection runs; on a server's channel it counts for the connections it accepts from then on. A name that the stack does
     * not know is an {@link IllegalArgumentException}. Without effect on plain TCP.
     */
    public static final SocketOption<String> MPTCP_SCHEDULER = new Named<>("MPTCP_SCHEDULER", String.class);

    /**
     * The names of the path managers, separated by blanks, as in {@code net.mptcp.path_manager}; else as {@link #MPTCP_SCHEDULER}.
     */
    public static final SocketOption<String> MPTCP_PATH_MANAGER = new Named<>("MPTCP_PATH_MANAGER", String.class);

    /**
     * Why a Multipath TCP connection is none any more, or never became one: the name of a
     * {@link dev.braid.stack.mptcp.FallbackReason}. Empty while none fell back, and on plain TCP, which {@link #PROTOCOL} tells. Cannot
     * be set.
     */
    public static final SocketOption<String> MPTCP_FALLBACK = new Named<>("MPTCP_FALLBACK", String.class);

    private TcpSocketOptions() {}

    private record Named<T>(String name, Class<T> type) implements SocketOption<T> {
        @Override
        public String toString() {
            return name;
        }
    }
}
