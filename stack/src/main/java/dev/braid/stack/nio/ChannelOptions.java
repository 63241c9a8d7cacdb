package dev.braid.stack.nio;

import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.Sockets;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.tcp.TcpConfig;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The options of one channel, as its threads know them: what was asked for last, else the default. Each change also becomes
 * a change of the socket's own options, made on the core's thread.
 */
final class ChannelOptions {
    /** What a connection has. */
    static final Set<SocketOption<?>> STREAM = Set.of(
            StandardSocketOptions.TCP_NODELAY,
            StandardSocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_LINGER,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.IP_TOS,
            ExtendedSocketOptions.TCP_KEEPIDLE,
            ExtendedSocketOptions.TCP_KEEPINTERVAL,
            ExtendedSocketOptions.TCP_KEEPCOUNT,
            ExtendedSocketOptions.TCP_QUICKACK,
            TcpSocketOptions.TCP_CONGESTION,
            TcpSocketOptions.PROTOCOL,
            TcpSocketOptions.MPTCP_SCHEDULER,
            TcpSocketOptions.MPTCP_PATH_MANAGER,
            TcpSocketOptions.MPTCP_FALLBACK);
    /** What a listener has. */
    static final Set<SocketOption<?>> LISTENER = Set.of(StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR,
            TcpSocketOptions.TCP_CONGESTION,
            TcpSocketOptions.PROTOCOL,
            TcpSocketOptions.MPTCP_SCHEDULER,
            TcpSocketOptions.MPTCP_PATH_MANAGER);

    private static final long SECOND_NS = 1_000_000_000L;
    private static final int MAX_BUFFER = 1 << 30;

    private final Set<SocketOption<?>> supported;
    private final Sockets sockets;
    private final Map<SocketOption<?>, Object> values = new ConcurrentHashMap<>();

    ChannelOptions(Set<SocketOption<?>> supported, Sockets sockets) {
        this.supported = supported;
        this.sockets = sockets;
    }

    /**
     * Remembers a value.
     *
     * @return what to do with the socket's options for it to take effect
     * @throws UnsupportedOperationException for an option the channel does not have, or only tells
     * @throws IllegalArgumentException for a value out of range
     */
    Consumer<SocketOptions> assign(SocketOption<?> option, @Nullable Object value) {
        requireSupported(option);
        if (option.equals(TcpSocketOptions.MPTCP_FALLBACK)) {
            throw new UnsupportedOperationException("'" + option + "' can only be read");
        }
        Object checked = check(option, value);
        values.put(option, checked);
        return options -> apply(options, option, checked);
    }

    /** The value, or its default. */
    Object value(SocketOption<?> option) {
        requireSupported(option);
        Object value = values.get(option);
        return value == null ? defaultOf(option) : value;
    }

    private void requireSupported(SocketOption<?> option) {
        Objects.requireNonNull(option);
        if (!supported.contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    private Object check(SocketOption<?> option, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("Invalid option value");
        }
        if (option.type() == Boolean.class) {
            return (Boolean) value;
        }
        if (option.type() != Integer.class) {
            return checkName(option, value);
        }
        int number = (Integer) value;
        if (option.equals(StandardSocketOptions.SO_LINGER)) {
            return Math.min(number, 65_535);
        }
        if (option.equals(StandardSocketOptions.IP_TOS) ? number < 0 || number > 255 : number <= 0) {
            throw new IllegalArgumentException("Invalid value " + number + " for option " + option);
        }
        return option.equals(StandardSocketOptions.IP_TOS) ? number : Math.min(number, MAX_BUFFER);
    }

    /** @throws IllegalArgumentException for a name of something that there is not */
    private Object checkName(SocketOption<?> option, Object value) {
        if (option.equals(TcpSocketOptions.TCP_CONGESTION)) {
            sockets.congestionControls().requireKnown((String) value);
        } else if (option.equals(TcpSocketOptions.MPTCP_SCHEDULER)) {
            sockets.packetSchedulers().requireKnown((String) value);
        } else if (option.equals(TcpSocketOptions.MPTCP_PATH_MANAGER)) {
            sockets.pathManagers().requireKnown((String) value);
        }
        return value;
    }

    private static Object defaultOf(SocketOption<?> option) {
        if (option.type() == Boolean.class) {
            return false;
        }
        if (option.equals(StandardSocketOptions.SO_LINGER)) {
            return -1;
        } else if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
            return TcpConfig.DEFAULT.receiveBuffer;
        } else if (option.equals(StandardSocketOptions.SO_SNDBUF)) {
            return TcpConfig.DEFAULT.sendBuffer;
        } else if (option.equals(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            return (int) (TcpConfig.DEFAULT.keepIdleNs / SECOND_NS);
        } else if (option.equals(ExtendedSocketOptions.TCP_KEEPINTERVAL)) {
            return (int) (TcpConfig.DEFAULT.keepIntervalNs / SECOND_NS);
        } else if (option.equals(ExtendedSocketOptions.TCP_KEEPCOUNT)) {
            return TcpConfig.DEFAULT.keepCount;
        }
        return 0;
    }

    private static void apply(SocketOptions options, SocketOption<?> option, Object value) {
        if (option.equals(StandardSocketOptions.TCP_NODELAY)) {
            options.tcp.noDelay = (Boolean) value;
        } else if (option.equals(StandardSocketOptions.SO_KEEPALIVE)) {
            options.tcp.keepAlive = (Boolean) value;
        } else if (option.equals(StandardSocketOptions.SO_LINGER)) {
            options.lingerNs = (Integer) value < 0 ? -1 : (Integer) value * SECOND_NS;
        } else if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
            options.tcp.receiveBuffer = (Integer) value;
        } else if (option.equals(StandardSocketOptions.SO_SNDBUF)) {
            options.tcp.sendBuffer = (Integer) value;
        } else if (option.equals(StandardSocketOptions.SO_REUSEADDR)) {
            options.reuseAddress = (Boolean) value;
        } else if (option.equals(StandardSocketOptions.IP_TOS)) {
            // The two low bits are ECN's, which is TCP's own business.
            options.tcp.trafficClass = (Integer) value & ~3;
        } else if (option.equals(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            options.tcp.keepIdleNs = (Integer) value * SECOND_NS;
        } else if (option.equals(ExtendedSocketOptions.TCP_KEEPINTERVAL)) {
            options.tcp.keepIntervalNs = (Integer) value * SECOND_NS;
        } else if (option.equals(ExtendedSocketOptions.TCP_KEEPCOUNT)) {
            options.tcp.keepCount = (Integer) value;
        } else if (option.equals(ExtendedSocketOptions.TCP_QUICKACK)) {
            options.tcp.quickAck = (Boolean) value;
        } else if (option.equals(TcpSocketOptions.TCP_CONGESTION)) {
            options.tcp.congestionControl = (String) value;
        } else if (option.equals(TcpSocketOptions.PROTOCOL)) {
            options.protocol = (StreamProtocol) value;
        } else if (option.equals(TcpSocketOptions.MPTCP_SCHEDULER)) {
            options.mptcp.scheduler = (String) value;
        } else if (option.equals(TcpSocketOptions.MPTCP_PATH_MANAGER)) {
            options.mptcp.pathManagers = (String) value;
        }
    }
}
