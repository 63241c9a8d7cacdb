package dev.braid.tools.demo;

import dev.braid.tools.testbed.BedPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** The end of a demo that has several NICs: Braid, or the kernel for comparison. Any thread. */
interface Client {
    /** A connected stream. */
    SocketChannel connect(InetSocketAddress remote) throws IOException;

    /** The smoothed round-trip time over a path, in nanoseconds; 0 where it is not known. */
    long srttNs(BedPath path);

    /** The client's address on the path goes. */
    void removeAddress(BedPath path) throws IOException;

    /** And comes back. */
    void restoreAddress(BedPath path) throws IOException;
}
