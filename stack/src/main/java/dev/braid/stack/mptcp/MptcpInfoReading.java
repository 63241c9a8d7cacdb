package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.IpAddress;

/** Reads a connection into an {@link MptcpInfo}. Core thread only; as long as what its subflows have in flight. */
final class MptcpInfoReading {
    private MptcpInfoReading() {}

    static MptcpInfo of(MptcpConnection connection, long nowNs) {
        var info = new MptcpInfo();
        who(connection, info);
        counts(connection.counts, info, nowNs);
        memory(connection, info);
        return info;
    }

    private static void who(MptcpConnection connection, MptcpInfo info) {
        info.local = new IpAddress(connection.localHi(), connection.localLo());
        info.localPort = connection.localPort();
        info.remote = new IpAddress(connection.remoteHi(), connection.remoteLo());
        info.remotePort = connection.remotePort();
    }

    private static void counts(DataCounts counts, MptcpInfo info, long nowNs) {
        info.subflowsTotal = counts.subflowsTotal;
        info.retransmits = counts.retransmits;
        info.bytesRetrans = counts.bytesRetrans;
        info.bytesSent = counts.bytesSent;
        info.bytesReceived = counts.bytesReceived;
        info.lastDataSentNs = since(counts.lastDataSentNs, nowNs);
        info.lastDataRecvNs = since(counts.lastDataReceivedNs, nowNs);
        info.lastAckRecvNs = since(counts.lastDataAckNs, nowNs);
    }

    private static long since(long momentNs, long nowNs) {
        return momentNs == 0 ? 0 : nowNs - momentNs;
    }

    private static void memory(MptcpConnection connection, MptcpInfo info) {
        info.receiveQueued = connection.received().available();
        info.sendQueued = connection.sendQueued();
        info.receiveMemory = connection.receivePinned();
        info.receiveBuffer = 2L * connection.receiveBufferSize();
        info.sendMemory = connection.sendQueued();
        info.sendBuffer = connection.sendBufferSize();
    }
}
