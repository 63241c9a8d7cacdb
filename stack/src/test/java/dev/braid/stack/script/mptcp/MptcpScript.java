package dev.braid.stack.script.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.stack.mptcp.MptcpConfig;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.script.Conn;
import dev.braid.stack.script.Host;
import dev.braid.stack.script.Peer;
import dev.braid.stack.script.Script;
import dev.braid.stack.socket.SocketFacts;
import dev.braid.stack.socket.StreamProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/**
 * A dialogue over several paths: the host has {@value #NICS} links, its peer as many addresses. A path is a pair of them, and is
 * the subject of a script's lines:
 *
 * <pre>{@code
 * lte.dies();
 * after(1000);
 * lte.sees(data(1, 1401).with(map(1401, 1, 1400)));
 * wifi.sees(data(1401, 2801).with(map(1401, 1401, 1400)));
 * }</pre>
 */
public abstract class MptcpScript extends Script {
    /** How many links the host has, and addresses its peer. */
    public static final int NICS = 3;

    /** The peer's half of the one connection there is. */
    protected MpPeer mp;
    /** The host's first link to the peer's first address: where connections begin. */
    protected Path wifi;
    /** The host's second link to the peer's first address: where the host joins by itself. */
    protected Path lte;
    /** The peer's second address to the host's first link: where a peer joins by itself. */
    protected Path far;

    /** Flags of endpoints. */
    protected static final int SUBFLOW = Endpoint.SUBFLOW;
    protected static final int SIGNAL = Endpoint.SIGNAL;
    protected static final int BACKUP = Endpoint.BACKUP;
    protected static final int FULLMESH = Endpoint.FULLMESH;

    private final List<Path> paths = new ArrayList<>();

    /** What the host runs with; for subclasses to change. */
    protected void config(MptcpConfig config) {}

    @Override
    protected CoreConfig coreConfig() {
        CoreConfig config = super.coreConfig();
        config.mptcp.enabled = true;
        config(config.mptcp);
        return config;
    }

    @Override
    protected List<Link> links() {
        var links = new ArrayList<Link>();
        for (int i = 0; i < NICS; i++) {
            links.add(link(i, hostAddress(i)));
        }
        return links;
    }

    /** The host's address on its link {@code nic}. */
    protected IpAddress hostAddress(int nic) {
        return address(nic, variant().host);
    }

    /** The peer's address number {@code nic}. */
    protected IpAddress peerAddress(int nic) {
        return address(nic, variant().peer);
    }

    /** 10.77.0.x, 10.78.0.x and so on, fd77::x, fd78::x. */
    protected static IpAddress address(int nic, IpAddress first) {
        return first.isIpv4()
                ? IpAddress.ofIpv4(first.ipv4() + (nic << 16))
                : new IpAddress(first.hi() + ((long) nic << 48), first.lo());
    }

    @BeforeEach
    void beginPaths() {
        paths.clear();
        // What a script wants used, it says: no endpoints that come with links' addresses.
        core().mptcp().hostPaths().endpoints().flush();
        mp = new MpPeer();
        wifi = path("wifi", 0, 0, PEER_PORT, 0);
        lte = path("lte", 1, 0, PEER_PORT, 0);
        lte.hostPort(0);
        far = path("far", 0, 1, PEER_PORT + 1, 1);
    }

    /**
     * A path between the host's link {@code hostNic} and the peer's address {@code peerNic}.
     *
     * @param port the peer's port
     * @param id the peer's address id
     */
    protected Path path(String name, int hostNic, int peerNic, int port, int id) {
        return path(name, hostAddress(hostNic), hostNic, peerAddress(peerNic), port, id);
    }

    /** As {@link #path(String, int, int, int, int)} between these addresses, over the host's link {@code hostNic}. */
    protected Path path(String name, IpAddress hostAddress, int hostNic, IpAddress peerAddress, int port, int id) {
        Path path = addPeer(new Path(this, name, peerAddress, port, hostAddress, hostNic, id));
        paths.add(path);
        return path;
    }

    /** As {@link #path(String, int, int, int, int)}, where the host joins from a port that the peer has yet to learn. */
    protected Path joinedPath(String name, int hostNic, int peerNic, int port, int id) {
        Path path = path(name, hostNic, peerNic, port, id);
        path.hostPort(0);
        return path;
    }

    @Override
    protected Peer receiver(IpAddress from, int hostPort, IpAddress to, int port, int device) {
        for (Path path : paths) {
            if (path.hostAddress().equals(from) && path.address().equals(to) && path.port() == port
                    && path.hostPort() == hostPort) {
                assertThat(device).as("the device that %s leaves by", path.name()).isEqualTo(path.device());
                return path;
            }
        }
        for (Path path : paths) {
            if (path.hostAddress().equals(from) && path.address().equals(to) && path.port() == port
                    && path.hostPort() == 0) {
                path.hostPort(hostPort);
                assertThat(device).as("the device that %s leaves by", path.name()).isEqualTo(path.device());
                return path;
            }
        }
        throw failed("a segment from " + from + ":" + hostPort + " to " + to + ":" + port + ", where no path is");
    }

    /** Gives one of the host's addresses an endpoint with these flags of {@link Endpoint}, numbered as its link, 1.. */
    protected void endpoint(int nic, int flags) {
        endpoint(nic, 0, flags);
    }

    /** As {@link #endpoint(int, int)}, with a port that peers may connect to. */
    protected void endpoint(int nic, int port, int flags) {
        try {
            core().mptcp().hostPaths().endpoints().add(hostAddress(nic), port, flags, nic, nic == 0 ? NICS : nic);
        } catch (EndpointException e) {
            throw new AssertionError(e);
        }
        flushed();
    }

    /** The host's address on this link is no endpoint any more. */
    protected void noEndpoint(int nic) {
        try {
            core().mptcp().hostPaths().endpoints().remove(nic == 0 ? NICS : nic);
        } catch (EndpointException e) {
            throw new AssertionError(e);
        }
        flushed();
    }

    /** Connections may have so many subflows beside the first, and as many addresses of the peer are accepted. */
    protected void mayHaveSubflows(int most) {
        core().mptcp().hostPaths().endpoints().limits(new Limits(most, most));
        flushed();
    }

    /** Skips what the host has sent by whatever path. */
    protected void discardAll() {
        paths.forEach(Path::seesWhatever);
    }

    // Fallbacks.

    /** What counts connections that fell back, by the reason that their programs are told. */
    private static final Map<FallbackReason, String> FALLBACKS = Map.ofEntries(
            Map.entry(FallbackReason.NOT_CAPABLE, "MPTcpExtMPCapableFallbackSYNACK"),
            Map.entry(FallbackReason.NO_CAPABLE_ACK, "MPTcpExtMPCapableFallbackACK"),
            Map.entry(FallbackReason.NO_CAPABLE_DATA, "MPTcpExtMPCapableDataFallback"),
            Map.entry(FallbackReason.SYN_UNANSWERED, "MPTcpExtMPCapableSYNTXDrop"),
            Map.entry(FallbackReason.BLACK_HOLE, "MPTcpExtMPCapableSYNTXDisabled"),
            Map.entry(FallbackReason.NO_TOKEN, "MPTcpExtMPFallbackTokenInit"),
            Map.entry(FallbackReason.SIMULTANEOUS_OPEN, "MPTcpExtSimultConnectFallback"),
            Map.entry(FallbackReason.NO_DSS, "MPTcpExtDssFallback"),
            Map.entry(FallbackReason.DSS_CORRUPTION, "MPTcpExtDSSCorruptionFallback"),
            Map.entry(FallbackReason.CHECKSUM, "MPTcpExtDataCsumErr"),
            Map.entry(FallbackReason.MP_FAIL, "MPTcpExtMPFailRx"),
            Map.entry(FallbackReason.INFINITE_MAPPING, "MPTcpExtInfiniteMapRx"));

    /**
     * The program of a connection that has become plain TCP is told this reason, which alone was counted, once.
     *
     * @param besides of the reasons' counters, those that what happened before moved as well
     */
    protected void isToldAs(FallbackReason reason, Conn conn, String... besides) {
        SocketFacts told = conn.socket().facts();
        assertThat(told.fallbackReason()).as("the reason that a program is told").isEqualTo(reason.name());
        assertThat(told.protocol()).as("what the socket spoke stays told").isEqualTo(StreamProtocol.MPTCP);
        MptcpInfo info = told.multipathInfo(nowNs());
        assertThat(info).as("MPTCP_INFO").isNotNull();
        assertThat(info.fallback).as("MPTCP_INFO's flag of a fallback").isTrue();
        assertThat(info.fallbackReason).as("the reason beside MPTCP_INFO").isEqualTo(reason.name());
        FALLBACKS.forEach((other, counter) -> {
            if (!List.of(besides).contains(counter)) {
                assertThat(counter(counter)).as(counter).isEqualTo(other == reason ? 1 : 0);
            }
        });
        assertThat(counter("MPTcpExtFallbackFailed")).as("fallbacks that were not possible").isZero();
    }

    /** The program of a connection that speaks Multipath TCP, and goes on doing so, is told of no fallback. */
    protected void isNoFallback(Conn conn) {
        SocketFacts told = conn.socket().facts();
        assertThat(told.fallbackReason()).as("the reason that a program is told").isEmpty();
        assertThat(told.protocol()).isEqualTo(StreamProtocol.MPTCP);
        MptcpInfo info = told.multipathInfo(nowNs());
        assertThat(info).as("MPTCP_INFO").isNotNull();
        assertThat(info.fallback).as("MPTCP_INFO's flag of a fallback").isFalse();
    }

    /** The connection was plain TCP from the beginning: nothing was given up, and nothing is told but the protocol. */
    protected void neverWasMultipath(Conn conn) {
        SocketFacts told = conn.socket().facts();
        assertThat(told.protocol()).isEqualTo(StreamProtocol.TCP);
        assertThat(told.fallbackReason()).as("the reason that a program is told").isEmpty();
        assertThat(told.multipathInfo(nowNs())).as("MPTCP_INFO").isNull();
    }

    Conn accepts() {
        return host.accept();
    }

    Conn connects(Path path) {
        return host.connect(path);
    }

    /** The port that the host listens on and connects from. */
    protected static int hostPort() {
        return Host.PORT;
    }
}
