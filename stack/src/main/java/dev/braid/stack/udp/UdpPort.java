package dev.braid.stack.udp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.ip.IpPath;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One socket's place in UDP: its addresses, what it may do, and the datagrams that wait. Made by {@link UdpLayer#open}.
 *
 * <p>A waiting frame begins with its IP header, from which the sender is read when the datagram is; its linear part ends where the
 * datagram does. Waiting frames are charged by the memory they pin. Core's thread only.
 */
public final class UdpPort {
    /** {@link #receive}: no datagram waits. */
    public static final int NOTHING = -1;

    /** A frame that uses less than this part of its slot wastes it. */
    private static final int WASTE = 4;

    final UdpUser user;
    long localHi;
    long localLo;
    int localPort;
    /** The local address of the connection, which may be more exact than what the port is bound to. */
    long connectedHi;
    long connectedLo;
    long remoteHi;
    long remoteLo;
    /** 0 while the port is not connected. */
    int remotePort;
    @Nullable IpPath path;
    private final ArrayDeque<Frame> waiting = new ArrayDeque<>(4);
    private int trueSize;
    private int receiveBuffer;
    private long drops;
    private int trafficClass;
    private boolean dontFragment;
    private @Nullable UdpFailure failure;

    UdpPort(UdpUser user, int receiveBuffer) {
        this.user = user;
        this.receiveBuffer = receiveBuffer;
    }

    /** Whether it has a port. */
    public boolean isBound() {
        return localPort != 0;
    }

    /** Whether it sends to and hears of one remote port only. */
    public boolean isConnected() {
        return remotePort != 0;
    }

    /** High half of the local address: 0 = any, of either version, as long as it is not connected. */
    public long localHi() {
        return isConnected() ? connectedHi : localHi;
    }

    /** Low half of the local address. */
    public long localLo() {
        return isConnected() ? connectedLo : localLo;
    }

    /** The local port; 0 = none yet. */
    public int localPort() {
        return localPort;
    }

    /** High half of the remote address. Meaningless unless connected. */
    public long remoteHi() {
        return remoteHi;
    }

    /** Low half of the remote address. */
    public long remoteLo() {
        return remoteLo;
    }

    /** The remote port; 0 = not connected. */
    public int remotePort() {
        return remotePort;
    }

    /** How much memory waiting datagrams may pin, bytes of true size; one datagram may always wait. */
    public void receiveBuffer(int bytes) {
        receiveBuffer = bytes;
    }

    /** That limit. */
    public int receiveBuffer() {
        return receiveBuffer;
    }

    /** DSCP and ECN of what is sent from now on, 0..255. */
    public void trafficClass(int bits) {
        trafficClass = bits;
    }

    /** Those bits. */
    public int trafficClass() {
        return trafficClass;
    }

    /** Whether datagrams that do not fit the path are refused instead of cut. */
    public void dontFragment(boolean refused) {
        dontFragment = refused;
    }

    /** Whether they are. */
    public boolean dontFragment() {
        return dontFragment;
    }

    /** Whether a datagram waits. */
    public boolean hasDatagram() {
        return !waiting.isEmpty();
    }

    /** Whether a failure waits to be taken. */
    public boolean hasFailure() {
        return failure != null;
    }

    /** What ICMP said since this was last asked, {@code null} for nothing. */
    public @Nullable UdpFailure takeFailure() {
        UdpFailure taken = failure;
        failure = null;
        return taken;
    }

    void fail(UdpFailure why) {
        failure = why;
    }

    /**
     * Takes the oldest datagram out. What does not fit the buffer is lost, as with recvfrom(2).
     *
     * @return bytes copied to the buffer's position, which moves, or {@link #NOTHING}
     */
    public int receive(ByteBuffer into, UdpSource from) {
        Frame frame = waiting.poll();
        if (frame == null) {
            return NOTHING;
        }
        trueSize -= frame.trueSize();
        readSource(frame, from);
        int copied = Math.min(into.remaining(), frame.linearLength() - frame.payloadOffset());
        Memory.copyOut(frame.data() + frame.payloadOffset(), into, copied);
        frame.release();
        return copied;
    }

    private static void readSource(Frame frame, UdpSource from) {
        long ip = frame.data();
        int port = Udp.srcPort(ip + frame.transportOffset());
        if (Ipv4.version(ip) == 4) {
            from.assign(Ipv4.MAPPED_HI, Ipv4.srcLo(ip), port);
        } else {
            from.assign(Ipv6.srcHi(ip), Ipv6.srcLo(ip), port);
        }
    }

    /**
     * Takes the frame over, whose offsets say where the UDP header and the payload are.
     *
     * @return false, and the frame stays the caller's, when there is no room
     */
    boolean append(Frame frame, FramePool pool) {
        Frame small = isWasteful(frame) ? pool.takeMtu() : null;
        int size = small == null ? frame.trueSize() : small.trueSize();
        if (trueSize > 0 && size > receiveBuffer - trueSize) {
            if (small != null) {
                small.release();
            }
            drops++;
            return false;
        }
        if (small == null) {
            waiting.add(frame);
        } else {
            small.resize(frame.linearLength());
            Memory.copy(frame.data(), small.data(), frame.linearLength());
            small.transportOffset(frame.transportOffset()).payloadOffset(frame.payloadOffset());
            waiting.add(small);
            frame.release();
        }
        trueSize += size;
        return true;
    }

    /** Whether the packet would do with a small slot and takes little of its own. */
    private static boolean isWasteful(Frame frame) {
        return frame.trueSize() > FramePool.MTU_SLOT_BYTES
                && frame.linearLength() <= FramePool.MTU_ROOM
                && frame.linearLength() < frame.trueSize() / WASTE;
    }

    /** This moment of it. */
    UdpInfo info() {
        IpAddress remote = isConnected() ? new IpAddress(remoteHi, remoteLo) : null;
        return new UdpInfo(
                new IpAddress(localHi(), localLo()), localPort, remote, remotePort, trueSize, receiveBuffer, drops);
    }

    /** Drops the datagrams that wait. */
    public void discard() {
        for (Frame frame = waiting.poll(); frame != null; frame = waiting.poll()) {
            frame.release();
        }
        trueSize = 0;
    }

    void clear() {
        discard();
        failure = null;
    }
}
