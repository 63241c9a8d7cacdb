package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.UnresolvedAddressException;

/**
 * What the views of java.net on the three kinds of channels have in common: the timeout of their blocking calls, options by name, and
 * exceptions of java.net for those of channels. Any thread.
 *
 * @param <C> the channel's class
 */
final class ViewedChannel<C extends SelectableChannel & NetworkChannel> {
    private static final long MS = 1_000_000L;

    private final C channel;
    private volatile int timeoutMs;

    ViewedChannel(C channel) {
        this.channel = channel;
    }

    /**
     * SO_TIMEOUT, which a view has and its channel has not; 0 for ever.
     *
     * @throws IllegalArgumentException when it is negative
     */
    void timeoutMs(int timeout) throws SocketException {
        requireOpen();
        if (timeout < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        timeoutMs = timeout;
    }

    /** SO_TIMEOUT, in milliseconds; 0 for ever. */
    int timeoutMs() throws SocketException {
        requireOpen();
        return timeoutMs;
    }

    /** How long a call that blocks from now on may take, in nanoseconds, or {@link Deadlines#NONE}. */
    long timeoutNs() {
        return nanoseconds(timeoutMs);
    }

    /** Milliseconds of java.net as nanoseconds of this package: there, 0 is for ever. */
    static long nanoseconds(int timeoutMs) {
        return timeoutMs == 0 ? Deadlines.NONE : timeoutMs * MS;
    }

    /**
     * Changes an option of the channel.
     *
     * @throws SocketException also when it has none of the name
     */
    <T> void assign(SocketOption<T> option, T value) throws SocketException {
        try {
            channel.setOption(option, value);
        } catch (IOException | UnsupportedOperationException e) {
            throw socketException(e);
        }
    }

    /**
     * An option of the channel.
     *
     * @throws SocketException also when it has none of the name
     */
    <T> T value(SocketOption<T> option) throws SocketException {
        try {
            return channel.getOption(option);
        } catch (IOException | UnsupportedOperationException e) {
            throw socketException(e);
        }
    }

    /** Refuses what a closed socket does not do any more. */
    void requireOpen() throws SocketException {
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
    }

    /** Refuses to block in a channel that does not: views have no other calls. */
    void requireBlocking() {
        if (!channel.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    /** What java.net says where channels throw this; the same where it says that. */
    static SocketException socketException(Exception e) {
        return switch (e) {
            case SocketException known -> known;
            case ClosedChannelException closed -> new SocketException("Socket closed", closed);
            case AlreadyBoundException bound -> new SocketException("Already bound", bound);
            case NotYetBoundException unbound -> new SocketException("Socket is not bound yet", unbound);
            case AlreadyConnectedException connected -> new SocketException("Already connected", connected);
            case UnresolvedAddressException unresolved -> new SocketException("Unresolved address", unresolved);
            default -> new SocketException(String.valueOf(e.getMessage()), e);
        };
    }
}
