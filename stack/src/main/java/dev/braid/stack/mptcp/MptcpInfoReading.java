package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.mptcp.path.Limits;
import java.util.HashSet;
import java.util.Set;

/** Reads a connection into an {@link MptcpInfo}. Core thread only; as long as what its subflows have in flight. */
final class MptcpInfoReading {
    private MptcpInfoReading() {}

    static MptcpInfo of(MptcpConnection connection, long nowNs) {
        MptcpInfo info = ofHost(connection.layer);
        who(connection, info);
        what(connection, info);
        paths(connection, info, nowNs);
        sequence(connection, info);
        counts(connection.counts, info, nowNs);
        memory(connection, info);
        return info;
    }

    /** What the host's endpoints and limits allow any connection. */
    static MptcpInfo ofHost(MptcpLayer layer) {
        var info = new MptcpInfo();
        Endpoints endpoints = layer.hostPaths().endpoints();
        Limits limits = endpoints.limits();
        info.subflowsMax = limits.subflows();
        info.addAddrAcceptedMax = limits.addAddrAccepted();
        for (Endpoint endpoint : endpoints.all()) {
            info.addAddrSignalMax += endpoint.has(Endpoint.SIGNAL) ? 1 : 0;
            info.localAddrMax += endpoint.has(Endpoint.SUBFLOW) ? 1 : 0;
            info.laminarMax += endpoint.has(Endpoint.LAMINAR) ? 1 : 0;
        }
        return info;
    }

    private static void who(MptcpConnection connection, MptcpInfo info) {
        info.state = connection.state();
        info.local = new IpAddress(connection.localHi(), connection.localLo());
        info.localPort = connection.localPort();
        info.remote = new IpAddress(connection.remoteHi(), connection.remoteLo());
        info.remotePort = connection.remotePort();
        info.token = connection.token;
        info.remoteToken = connection.remoteToken;
        info.serverSide = connection.serverSide;
    }

    private static void what(MptcpConnection connection, MptcpInfo info) {
        FallbackReason reason = connection.fallbackReason();
        info.fallback = reason != null;
        info.fallbackReason = reason == null ? "" : reason.name();
        info.remoteKeyReceived = connection.remoteToken != 0;
        info.checksum = connection.checksum;
        info.scheduler = connection.scheduler.name();
        info.pathManagers = String.join(" ", connection.paths.managerNames());
    }

    private static void paths(MptcpConnection connection, MptcpInfo info, long nowNs) {
        Set<IpAddress> localAddresses = new HashSet<>();
        Set<Integer> taken = new HashSet<>();
        for (Subflow subflow : connection.subflows) {
            info.subflowInfos.add(subflow(subflow, nowNs));
            info.subflowsTotal += subflow.number() == 0 && !subflow.closing() ? 1 : 0;
            if (subflow.number() == 0) {
                continue;
            }
            info.subflows += subflow.established() ? 1 : 0;
            if (subflow.initiated() && subflow.remoteId() != 0) {
                taken.add(subflow.remoteId());
            } else if (subflow.initiated()) {
                localAddresses.add(subflow.localAddress());
            }
        }
        info.subflowsTotal += info.subflows;
        info.localAddrUsed = localAddresses.size();
        info.addAddrAccepted = taken.size();
        info.addAddrSignal = connection.paths.announcements().size();
    }

    private static SubflowInfo subflow(Subflow subflow, long nowNs) {
        var info = new SubflowInfo(subflow.tcb.info(nowNs));
        info.number = subflow.number();
        info.localId = subflow.localId();
        info.remoteId = subflow.remoteId();
        info.link = subflow.link();
        info.stale = subflow.stale();
        info.flags = flags(subflow);
        info.token = subflow.connection.token;
        info.remoteToken = subflow.number() != 0 && subflow.initiated() ? subflow.connection.remoteToken : 0;
        info.mapSeq = subflow.receiver.mappedDsn();
        info.mapSubflowSeq = Integer.toUnsignedLong(subflow.receiver.mappedSsn());
        info.mapDataLength = subflow.receiver.mappedLength();
        info.ssnOffset = subflow.tcb.irs();
        return info;
    }

    private static int flags(Subflow subflow) {
        boolean multipath = subflow.connection.fallbackReason() == null;
        boolean agreed = multipath && subflow.connection.remoteToken != 0;
        int flags = subflow.established() ? SubflowInfo.FLAG_CONNECTED : 0;
        if (subflow.number() == 0) {
            flags |= agreed ? SubflowInfo.FLAG_MCAP_REM : 0;
            flags |= subflow.initiated() ? SubflowInfo.FLAG_MCAP_LOC : 0;
        } else {
            flags |= subflow.established() || !subflow.initiated() ? SubflowInfo.FLAG_JOIN_REM : 0;
            flags |= subflow.initiated() ? SubflowInfo.FLAG_JOIN_LOC : 0;
        }
        flags |= subflow.remoteBackup() ? SubflowInfo.FLAG_BKUP_REM : 0;
        flags |= subflow.localBackup && !subflow.standsIn ? SubflowInfo.FLAG_BKUP_LOC : 0;
        flags |= multipath && subflow.usable() ? SubflowInfo.FLAG_FULLY_ESTABLISHED : 0;
        return flags | (subflow.receiver.mappedLength() > 0 ? SubflowInfo.FLAG_MAPVALID : 0);
    }

    private static void sequence(MptcpConnection connection, MptcpInfo info) {
        DataSender sender = connection.sender;
        info.writeSeq = sender.dsn(sender.stream.end());
        info.sndUna = sender.dsn(sender.dataUna());
        info.rcvNxt = connection.remoteToken == 0 ? 0 : connection.receiver.dataAck();
        info.bytesAcked = Math.min(sender.dataUna(), sender.stream.end());
    }

    private static void counts(DataCounts counts, MptcpInfo info, long nowNs) {
        info.subflowsEver = counts.subflowsEver;
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
