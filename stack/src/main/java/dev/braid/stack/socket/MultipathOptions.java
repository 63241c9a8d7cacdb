package dev.braid.stack.socket;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.mptcp.SubflowInfo;
import java.util.List;

/**
 * getsockopt(2) at level SOL_MPTCP with Linux's layouts and error numbers: what the connection is, and what its subflows are. As in
 * Linux all of it is EOPNOTSUPP once the connection has fallen back, which is how programs learn of that. Core thread only.
 */
final class MultipathOptions {
    static final int MPTCP_INFO = 1;
    static final int MPTCP_TCPINFO = 2;
    static final int MPTCP_SUBFLOW_ADDRS = 3;
    static final int MPTCP_FULL_INFO = 4;

    private static final int INT = 4;
    /** Bytes of {@code struct mptcp_subflow_data}: four numbers of 32 bits. */
    private static final int SUBFLOW_DATA = 16;
    /** Bytes of {@code struct mptcp_full_info} before its {@code struct mptcp_info}: six numbers and two pointers. */
    private static final int FULL_HEAD = 40;
    /** Bytes of {@code struct mptcp_subflow_info}: an identifier, room to align, the addresses. */
    private static final int SUBFLOW_INFO = 264;

    private MultipathOptions() {}

    /**
     * Reads one of the options.
     *
     * @param info the connection as it is; blank before there is one
     * @param address where the value goes, which for all but MPTCP_INFO begins with what the program asks for
     * @param capacity bytes of room there
     * @return bytes written, or -EOPNOTSUPP, -EINVAL
     */
    static int read(MptcpInfo info, int name, long address, int capacity) {
        if (info.fallback) {
            return -Errno.EOPNOTSUPP;
        }
        return switch (name) {
            case MPTCP_INFO -> MptcpInfoLayout.write(info, address, capacity);
            case MPTCP_TCPINFO -> array(info, address, capacity, TcpInfoLayout.LENGTH, MultipathOptions::tcpInfo);
            case MPTCP_SUBFLOW_ADDRS ->
                array(info, address, capacity, MptcpInfoLayout.ADDRESSES_LENGTH, MultipathOptions::addresses);
            case MPTCP_FULL_INFO -> full(info, address, capacity);
            default -> -Errno.EOPNOTSUPP;
        };
    }

    /** One of something for each subflow, behind a {@code struct mptcp_subflow_data}. */
    private static int array(MptcpInfo info, long address, int capacity, int size, Element element) {
        if (capacity < SUBFLOW_DATA) {
            return -Errno.EINVAL;
        }
        int head = Memory.nativeI32(address);
        int asked = Memory.nativeI32(address + 3 * INT);
        if (head < SUBFLOW_DATA || head > capacity || asked < 0 || Memory.nativeI32(address + INT) != 0
                || Memory.nativeI32(address + 2 * INT) != 0) {
            return -Errno.EINVAL;
        }
        int each = Math.min(asked, size);
        List<SubflowInfo> subflows = info.subflowInfos;
        int fit = each == 0 ? 0 : Math.min(subflows.size(), (capacity - head) / each);
        for (int i = 0; i < fit; i++) {
            Memory.copyIn(element.bytes(subflows.get(i)), 0, address + head + (long) i * each, each);
        }
        Memory.putNative32(address + INT, subflows.size());
        Memory.putNative32(address + 2 * INT, size);
        Memory.putNative32(address + 3 * INT, each);
        return head + fit * each;
    }

    /**
     * All at once: the head says how large the program's arrays are and where they lie, in this process's memory; what there is goes
     * into them, and the connection's own numbers behind the head.
     */
    private static int full(MptcpInfo info, long address, int capacity) {
        if (capacity < FULL_HEAD) {
            return -Errno.EINVAL;
        }
        int tcpAsked = Memory.nativeI32(address + INT);
        int subflowAsked = Memory.nativeI32(address + 3 * INT);
        int room = Memory.nativeI32(address + 5 * INT);
        boolean zeroes = Memory.nativeI32(address) == 0 && Memory.nativeI32(address + 2 * INT) == 0
                && Memory.nativeI32(address + 4 * INT) == 0;
        if (!zeroes || tcpAsked < 0 || subflowAsked < 0 || room < 0) {
            return -Errno.EINVAL;
        }
        List<SubflowInfo> subflows = info.subflowInfos;
        int fit = Math.min(room, subflows.size());
        int tcpEach = Math.min(tcpAsked, TcpInfoLayout.LENGTH);
        int subflowEach = Math.min(subflowAsked, SUBFLOW_INFO);
        copy(subflows, fit, subflowEach, Memory.nativeI64(address + 6 * INT), MultipathOptions::subflowInfo);
        copy(subflows, fit, tcpEach, Memory.nativeI64(address + 8 * INT), MultipathOptions::tcpInfo);
        Memory.putNative32(address, TcpInfoLayout.LENGTH);
        Memory.putNative32(address + INT, tcpEach);
        Memory.putNative32(address + 2 * INT, SUBFLOW_INFO);
        Memory.putNative32(address + 3 * INT, subflowEach);
        Memory.putNative32(address + 4 * INT, subflows.size());
        Memory.putNative32(address + 5 * INT, fit);
        return FULL_HEAD + MptcpInfoLayout.write(info, address + FULL_HEAD, capacity - FULL_HEAD);
    }

    private static void copy(List<SubflowInfo> subflows, int count, int each, long to, Element element) {
        for (int i = 0; to != 0 && i < count; i++) {
            Memory.copyIn(element.bytes(subflows.get(i)), 0, to + (long) i * each, each);
        }
    }

    private static byte[] tcpInfo(SubflowInfo subflow) {
        return TcpInfoLayout.bytes(subflow.tcp);
    }

    private static byte[] addresses(SubflowInfo subflow) {
        return MptcpInfoLayout.addresses(
                subflow.tcp.local, subflow.tcp.localPort, subflow.tcp.remote, subflow.tcp.remotePort);
    }

    private static byte[] subflowInfo(SubflowInfo subflow) {
        byte[] whole = new byte[SUBFLOW_INFO];
        // The kernel counts subflows from 1.
        int id = subflow.number + 1;
        for (int i = 0; i < INT; i++) {
            whole[i] = (byte) (id >>> (8 * i));
        }
        System.arraycopy(addresses(subflow), 0, whole, 2 * INT, MptcpInfoLayout.ADDRESSES_LENGTH);
        return whole;
    }

    /** Lays one subflow out. */
    @FunctionalInterface
    private interface Element {
        byte[] bytes(SubflowInfo subflow);
    }
}
