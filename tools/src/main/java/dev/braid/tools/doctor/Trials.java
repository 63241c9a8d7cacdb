package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.nio.TcpSocketOptions;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.host.Goals;
import dev.braid.tools.host.LinkConnector;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.NameTrial;
import dev.braid.tools.host.Names;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;

/** Tries connections over the links of a running daemon, in the ways that the daemon's own connections go. Any thread. */
public final class Trials {
    private static final long LIMIT_MS = 5_000;
    /** A round trip of any link that is of use. */
    private static final long ANSWER_MS = 1_000;
    /** A round trip and a retransmission or two, in seconds. */
    private static final int ACKNOWLEDGED_S = 3;
    /** The first of those that traceroute sends to: nobody listens there. */
    private static final int NOBODYS_PORT = 33_434;
    /** What a channel says of EMSGSIZE. */
    private static final String TOO_LONG = "Message too long";

    private final Links links;
    private final Names names;
    private final Goals goals;
    private final LinkConnector connector;
    private final Supplier<String> server;

    /** @param server {@code HOST:PORT} of a server that speaks Multipath TCP, as it is configured now; empty = none */
    public Trials(Links links, Names names, Goals goals, LinkConnector connector, Supplier<String> server) {
        this.links = links;
        this.names = names;
        this.goals = goals;
        this.connector = connector;
        this.server = server;
    }

    /** As {@link Doctor#examine}. Blocks; on a thread of the daemon's network namespace. */
    public DoctorReport examine() {
        return new Doctor(new LiveFacts(this)).examine();
    }

    List<LinkView> links() {
        return links.all();
    }

    String server() {
        return server.get();
    }

    private String host() {
        String text = server();
        String host = text.substring(0, Math.max(0, text.lastIndexOf(':')));
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private int port() {
        String text = server();
        return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    }

    List<NameTrial> nameServers() {
        return names.trials(host());
    }

    Lookup lookup() {
        List<IpAddress> addresses = new ArrayList<>();
        String[] reason = {"no answer within " + LIMIT_MS / 1000 + " s"};
        CountDownLatch done = new CountDownLatch(1);
        names.lookup(host(), new Names.Answers() {
            @Override
            public void found(List<IpAddress> some) {
                synchronized (addresses) {
                    addresses.addAll(some);
                }
            }

            @Override
            public void finished(String whyNothing) {
                synchronized (addresses) {
                    reason[0] = whyNothing;
                }
                done.countDown();
            }
        });
        try {
            done.await(LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (addresses) {
            return new Lookup(List.copyOf(addresses), reason[0]);
        }
    }

    Trial connect(LinkView link, IpAddress address) {
        try (SocketChannel channel = connector.open(link, address.isIpv4(), goals.of(host(), port()))) {
            Thread limit = Thread.ofVirtual().start(() -> closeLater(channel, LIMIT_MS));
            try {
                connector.connect(channel, new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port()));
                boolean multipath = connector.isMultipath(channel);
                return new Trial(multipath ? Trial.Outcome.MULTIPATH : Trial.Outcome.PLAIN, "");
            } finally {
                limit.interrupt();
            }
        } catch (AsynchronousCloseException e) {
            return new Trial(Trial.Outcome.FAILED, "no answer within " + LIMIT_MS / 1000 + " s");
        } catch (IOException e) {
            return new Trial(Trial.Outcome.FAILED, String.valueOf(e.getMessage()));
        }
    }

    /** Sends a datagram that makes a packet of this size and is not to be cut, twice if need be. */
    Passage passes(LinkView link, IpAddress address, int bytes) {
        Passage passage = send(link, address, bytes);
        return passage == Passage.SILENT ? send(link, address, bytes) : passage;
    }

    /** The bytes mean nothing: whoever reads them refuses them, but TCP has acknowledged them then. */
    boolean acknowledges(LinkView link, IpAddress address, int bytes) {
        long closedNs;
        try (SocketChannel channel = connector.open(link, address.isIpv4(), goals.of(host(), port()))) {
            if (channel.supportedOptions().contains(TcpSocketOptions.PROTOCOL)) {
                channel.setOption(TcpSocketOptions.PROTOCOL, StreamProtocol.TCP);
            }
            // Closing waits for the acknowledgement, or for so long.
            channel.setOption(StandardSocketOptions.SO_LINGER, ACKNOWLEDGED_S);
            Thread limit = Thread.ofVirtual().start(() -> closeLater(channel, LIMIT_MS));
            try {
                connector.connect(channel, new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port()));
                channel.write(ByteBuffer.allocate(bytes));
            } finally {
                limit.interrupt();
            }
            closedNs = System.nanoTime();
        } catch (IOException e) {
            return false;
        }
        return System.nanoTime() - closedNs < TimeUnit.SECONDS.toNanos(ACKNOWLEDGED_S);
    }

    private Passage send(LinkView link, IpAddress address, int bytes) {
        int headers = (address.isIpv4() ? Ipv4.MIN_HEADER : Ipv6.HEADER) + Udp.HEADER;
        try (DatagramChannel channel = connector.datagrams(link, address.isIpv4())) {
            channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
            channel.connect(new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), NOBODYS_PORT));
            Thread limit = Thread.ofVirtual().start(() -> closeLater(channel, ANSWER_MS));
            try {
                channel.write(ByteBuffer.allocate(bytes - headers));
                channel.read(ByteBuffer.allocate(1));
                return Passage.PASSED;
            } finally {
                limit.interrupt();
            }
        } catch (PortUnreachableException e) {
            return Passage.PASSED;
        } catch (IOException e) {
            return TOO_LONG.equals(e.getMessage()) ? Passage.TOLD : Passage.SILENT;
        }
    }

    /** Closing ends the try on the other thread; an interrupt says that it has ended. */
    private static void closeLater(Channel channel, long ms) {
        try {
            Thread.sleep(ms);
            channel.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The try ends by itself when the network has had enough of it.
        }
    }
}
