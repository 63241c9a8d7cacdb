package dev.braid.stack.nio;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.Pipe;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;

/** Makes the channels and selectors of one stack. Its selectors watch its own channels only. Any thread. */
public final class BraidSelectorProvider extends SelectorProvider {
    private final CoreHost host;

    /** A provider for this core. */
    public BraidSelectorProvider(CoreHost host) {
        this.host = host;
    }

    @Override
    public BraidSocketChannel openSocketChannel() {
        return new BraidSocketChannel(this, new StreamPump(host));
    }

    @Override
    public BraidServerSocketChannel openServerSocketChannel() {
        return new BraidServerSocketChannel(this, new ListenPump(host));
    }

    /** A connection over IPv4 or IPv6: the addresses it is given decide, the family does not matter. */
    @Override
    public BraidSocketChannel openSocketChannel(ProtocolFamily family) {
        requireInternet(family);
        return openSocketChannel();
    }

    /** A listener over IPv4 and IPv6: the address it is bound to decides, the family does not matter. */
    @Override
    public BraidServerSocketChannel openServerSocketChannel(ProtocolFamily family) {
        requireInternet(family);
        return openServerSocketChannel();
    }

    private static void requireInternet(ProtocolFamily family) {
        Objects.requireNonNull(family);
        if (!family.equals(StandardProtocolFamily.INET) && !family.equals(StandardProtocolFamily.INET6)) {
            throw new UnsupportedOperationException("the stack speaks the Internet's protocols, not " + family);
        }
    }

    @Override
    public AbstractSelector openSelector() {
        return new BraidSelector(this);
    }

    @Override
    public BraidDatagramChannel openDatagramChannel() {
        return new BraidDatagramChannel(this, new DatagramPump(host));
    }

    /** Datagrams over IPv4 and IPv6: the addresses decide, the family does not matter. */
    @Override
    public BraidDatagramChannel openDatagramChannel(ProtocolFamily family) {
        requireInternet(family);
        return openDatagramChannel();
    }

    @Override
    public Pipe openPipe() throws IOException {
        throw new IOException("the stack has no pipes: use the platform's own provider");
    }
}
