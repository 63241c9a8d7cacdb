package dev.braid.stack.nio;

import dev.braid.stack.core.CoreConfig;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** The options of one datagram channel: what was asked for last, else the default. Any thread. */
final class DatagramOptions {
    /** What datagram channels have. */
    static final Set<SocketOption<?>> SUPPORTED = Set.of(
            StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.IP_TOS, ExtendedSocketOptions.IP_DONTFRAGMENT);

    private static final int MAX_BUFFER = 1 << 30;

    private final DatagramPump pump;
    private final Map<SocketOption<?>, Object> values = new ConcurrentHashMap<>();

    DatagramOptions(DatagramPump pump) {
        this.pump = pump;
    }

    /**
     * Changes an option.
     *
     * @throws UnsupportedOperationException for an option the channel does not have
     * @throws IllegalArgumentException for a value out of range
     */
    void assign(SocketOption<?> option, @Nullable Object value) throws IOException {
        requireSupported(option);
        if (value == null) {
            throw new IllegalArgumentException("Invalid option value");
        }
        if (value instanceof Integer number) {
            boolean tos = option.equals(StandardSocketOptions.IP_TOS);
            if (tos ? number < 0 || number > 255 : number <= 0) {
                throw new IllegalArgumentException("Invalid value " + number + " for option " + option);
            }
        }
        pump.call(socket -> {
            if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
                socket.port().receiveBuffer(Math.min((Integer) value, MAX_BUFFER));
            } else if (option.equals(StandardSocketOptions.IP_TOS)) {
                socket.port().trafficClass((Integer) value);
            } else {
                socket.port().dontFragment((Boolean) value);
            }
            return 0;
        });
        values.put(option, value);
    }

    /** The value, or its default. */
    Object value(SocketOption<?> option) {
        requireSupported(option);
        Object value = values.get(option);
        if (value != null) {
            return value;
        }
        if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
            return CoreConfig.DEFAULT.udpReceiveBuffer;
        }
        return option.equals(StandardSocketOptions.IP_TOS) ? (Object) 0 : (Object) false;
    }

    private static void requireSupported(SocketOption<?> option) {
        Objects.requireNonNull(option);
        if (!SUPPORTED.contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }
}
