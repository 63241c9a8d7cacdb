package dev.braid.stack.socket;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.stack.congestion.CongestionControls;
import dev.braid.stack.mptcp.MptcpLayer;
import dev.braid.stack.mptcp.path.PathManagers;
import dev.braid.stack.mptcp.scheduler.PacketSchedulers;
import dev.braid.stack.tcp.TcpLayer;
import dev.braid.stack.timer.TimerWheel;
import dev.braid.stack.udp.UdpLayer;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one core: POSIX's semantics as would-block answers, readiness and deadlines. Who blocks, parks, wakes and
 * copies is an adapter's business.
 *
 * <p>Core thread only. A call that sends leaves its segments with the core's next flush.
 */
public final class Sockets {
    private final TcpLayer tcp;
    private final MptcpLayer mptcp;
    private final UdpLayer udp;
    private final ChunkPool chunks;
    private final TimerWheel timers;
    private final LocalAddresses local;
    private int open;

    /** The sockets over this TCP, the Multipath TCP on it, and this UDP. */
    public Sockets(
            TcpLayer tcp,
            MptcpLayer mptcp,
            UdpLayer udp,
            ChunkPool chunks,
            TimerWheel timers,
            LocalAddresses local) {
        this.tcp = tcp;
        this.mptcp = mptcp;
        this.udp = udp;
        this.chunks = chunks;
        this.timers = timers;
        this.local = local;
    }

    /** A fresh stream socket, unbound and unconnected. */
    public StreamSocket stream(SocketEvents events) {
        open++;
        return new StreamSocket(this, events, new SocketOptions());
    }

    /** A fresh listening socket, unbound. */
    public ListenSocket listener(ListenEvents events) {
        open++;
        return new ListenSocket(this, events);
    }

    /** A fresh datagram socket, unbound and unconnected. */
    public DatagramSocket datagram(DatagramEvents events) {
        open++;
        return new DatagramSocket(this, udp, events);
    }

    /**
     * A listening socket in place of a stream socket that was never connected, as listen(2) makes one: with its options and its
     * port. The stream socket must not be used any more.
     *
     * @return {@code null} when the stream socket is connected, connecting or closed (EINVAL)
     */
    public @Nullable ListenSocket listener(StreamSocket from, ListenEvents events) {
        return from.giveUpForListening() ? new ListenSocket(this, events, from.options(), from.binding()) : null;
    }

    /** The congestion controls that sockets can choose; the same for as long as the stack runs. Any thread. */
    public CongestionControls congestionControls() {
        return tcp.config().congestionControls;
    }

    /** What a socket with these options has, or will have, to control congestion. */
    public String congestionControl(SocketOptions options) {
        String own = options.tcp.congestionControl;
        return own == null ? tcp.config().congestionControl : own;
    }

    /** The packet schedulers that connections can have; the same for as long as the stack runs. Any thread. */
    public PacketSchedulers packetSchedulers() {
        return mptcp.config().packetSchedulers;
    }

    /** The path managers that connections can have; the same for as long as the stack runs. Any thread. */
    public PathManagers pathManagers() {
        return mptcp.config().knownPathManagers;
    }

    /** The name of the packet scheduler that a connection with these options has, or will have. */
    public String packetScheduler(SocketOptions options) {
        String own = options.mptcp.scheduler;
        return own == null ? mptcp.config().scheduler : own;
    }

    /** The names of the path managers that a connection with these options has, or will have. */
    public String pathManagers(SocketOptions options) {
        String own = options.mptcp.pathManagers;
        return own == null ? mptcp.config().pathManagers : own;
    }

    /** What a socket with these options speaks, or will speak: what it chose, else the host's default. */
    public StreamProtocol protocol(SocketOptions options) {
        StreamProtocol own = options.protocol;
        return own != null ? own : mptcp.config().enabled ? StreamProtocol.MPTCP : StreamProtocol.TCP;
    }

    /** Sockets that are not closed, for leak checks. */
    public int open() {
        return open;
    }

    void opened() {
        open++;
    }

    void closed() {
        open--;
    }

    TcpLayer tcp() {
        return tcp;
    }

    MptcpLayer mptcp() {
        return mptcp;
    }

    ChunkPool chunks() {
        return chunks;
    }

    TimerWheel timers() {
        return timers;
    }

    /** 0, or the negative errno that forbids binding to this address and port. */
    int checkBindable(long hi, long lo, int port) {
        if (port < 0 || port > 65_535) {
            return -Errno.EINVAL;
        }
        if (!Binding.isAny(hi, lo) && !local.contains(hi, lo)) {
            return -Errno.EADDRNOTAVAIL;
        }
        return 0;
    }
}
