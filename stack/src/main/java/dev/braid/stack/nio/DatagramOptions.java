package dev.braid.stack.nio;

import dev.braid.stack.udp.UdpPort;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** The options of one datagram channel, which its port keeps. Any thread. */
final class DatagramOptions {
    /** What datagram channels have. */
    static final Set<SocketOption<?>> SUPPORTED = Set.of(
            StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.IP_TOS, ExtendedSocketOptions.IP_DONTFRAGMENT);

    private static final int MAX_BUFFER = 1 << 30;

    private final DatagramPump pump;

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
        ask(port -> {
            if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
                port.receiveBuffer(Math.min((Integer) value, MAX_BUFFER));
            } else if (option.equals(StandardSocketOptions.IP_TOS)) {
                port.trafficClass((Integer) value);
            } else {
                port.dontFragment((Boolean) value);
            }
            return 0;
        });
    }

    /** The value in force. */
    Object value(SocketOption<?> option) throws IOException {
        requireSupported(option);
        if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
            return ask(UdpPort::receiveBuffer);
        }
        return option.equals(StandardSocketOptions.IP_TOS)
                ? (Object) ask(UdpPort::trafficClass)
                : (Object) (ask(port -> port.dontFragment() ? 1 : 0) != 0);
    }

    private int ask(PortCall body) throws IOException {
        int answer = pump.call(socket -> body.call(socket.port()));
        if (answer < 0) {
            throw new ClosedChannelException();
        }
        return answer;
    }

    private static void requireSupported(SocketOption<?> option) {
        Objects.requireNonNull(option);
        if (!SUPPORTED.contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    /** Something asked of a port on the core's thread; never a negative number. */
    @FunctionalInterface
    private interface PortCall {
        int call(UdpPort port);
    }
}
