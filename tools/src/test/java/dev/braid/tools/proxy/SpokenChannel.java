package dev.braid.tools.proxy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;

/** A client that has said all it will ever say, without any network: reads come from an array, and what is written is kept. */
final class SpokenChannel extends SocketChannel {
    private final InputStream input;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    SpokenChannel(byte[] said) {
        super(null);
        input = new ByteArrayInputStream(said);
    }

    /** What the client was told. */
    byte[] told() {
        return written.toByteArray();
    }

    @Override
    public Socket socket() {
        try {
            return new Socket((SocketImpl) null) {
                @Override
                public InputStream getInputStream() {
                    return input;
                }

                @Override
                public void setSoTimeout(int timeoutMs) {
                    // It says everything at once.
                }
            };
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int write(ByteBuffer bytes) {
        int count = bytes.remaining();
        byte[] copy = new byte[count];
        bytes.get(copy);
        written.writeBytes(copy);
        return count;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel shutdownInput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(SocketAddress remote) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean finishConnect() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getRemoteAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getLocalAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseSelectableChannel() {
        // Nothing is open.
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        throw new UnsupportedOperationException();
    }
}
