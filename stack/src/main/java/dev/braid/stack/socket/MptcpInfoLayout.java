package dev.braid.stack.socket;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.MptcpInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes an {@link MptcpInfo} and addresses as Linux 6.18's {@code struct mptcp_info} and {@code struct mptcp_subflow_addrs}. */
public final class MptcpInfoLayout {
    /** Bytes of {@code struct mptcp_info}. */
    public static final int LENGTH = 96;
    /** Bytes of {@code struct mptcp_subflow_addrs}: two {@code struct sockaddr_storage}. */
    public static final int ADDRESSES_LENGTH = 256;

    private static final int FLAG_FALLBACK = 1;
    private static final int FLAG_REMOTE_KEY_RECEIVED = 2;
    private static final long MS = 1_000_000L;
    private static final int STORAGE_LENGTH = 128;
    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;

    private MptcpInfoLayout() {}

    /**
     * Writes as much of the structure as fits, as the kernel does for programs that know a shorter one.
     *
     * @param capacity bytes there is room for
     * @return bytes written: the smaller of {@code capacity} and {@link #LENGTH}
     */
    public static int write(MptcpInfo info, long address, int capacity) {
        byte[] whole = new byte[LENGTH];
        fill(info, ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN));
        int length = Math.clamp(capacity, 0, LENGTH);
        Memory.copyIn(whole, 0, address, length);
        return length;
    }

    private static void fill(MptcpInfo info, ByteBuffer to) {
        to.put(0, u8(info.subflows));
        to.put(1, u8(info.addAddrSignal));
        to.put(2, u8(info.addAddrAccepted));
        to.put(3, u8(info.subflowsMax));
        to.put(4, u8(info.addAddrSignalMax));
        to.put(5, u8(info.addAddrAcceptedMax));
        to.putInt(8, (info.fallback ? FLAG_FALLBACK : 0) | (info.remoteKeyReceived ? FLAG_REMOTE_KEY_RECEIVED : 0));
        to.putInt(12, info.token);
        to.putLong(16, info.writeSeq);
        to.putLong(24, info.sndUna);
        to.putLong(32, info.rcvNxt);
        to.put(40, u8(info.localAddrUsed));
        to.put(41, u8(info.localAddrMax));
        to.put(42, u8(info.checksum ? 1 : 0));
        to.putInt(44, u32(info.retransmits));
        to.putLong(48, info.bytesRetrans);
        to.putLong(56, info.bytesSent);
        to.putLong(64, info.bytesReceived);
        to.putLong(72, info.bytesAcked);
        to.put(80, u8(info.subflowsTotal));
        to.put(81, u8(info.laminarMax));
        to.putInt(84, u32(info.lastDataSentNs / MS));
        to.putInt(88, u32(info.lastDataRecvNs / MS));
        to.putInt(92, u32(info.lastAckRecvNs / MS));
    }

    /** One {@code struct mptcp_subflow_addrs}: the local end and the remote one, each with its family. */
    static byte[] addresses(IpAddress local, int localPort, IpAddress remote, int remotePort) {
        byte[] both = new byte[ADDRESSES_LENGTH];
        fill(local, localPort, ByteBuffer.wrap(both, 0, STORAGE_LENGTH));
        fill(remote, remotePort, ByteBuffer.wrap(both, STORAGE_LENGTH, STORAGE_LENGTH));
        return both;
    }

    /** {@code struct sockaddr_in} or {@code struct sockaddr_in6}: the family in the host's order, all else in the network's. */
    private static void fill(IpAddress address, int port, ByteBuffer to) {
        boolean ip4 = address.isIpv4();
        to.order(ByteOrder.LITTLE_ENDIAN).putShort(ip4 ? AF_INET : AF_INET6);
        to.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        if (ip4) {
            to.putInt((int) address.lo());
        } else {
            to.putInt(0).putLong(address.hi()).putLong(address.lo());
        }
    }

    /** What an 8-bit field shows: it stops at the field's end instead of starting again. */
    private static byte u8(int value) {
        return (byte) Math.min(value, 255);
    }

    private static int u32(long value) {
        return (int) Math.min(value, 0xffff_ffffL);
    }
}
