package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.congestion.CongestionControl;

/** Reads a TCB into a {@link TcpInfo}. Core thread only; as long as what the connection has in flight, so some microseconds. */
final class TcpInfoReading {
    private TcpInfoReading() {}

    static TcpInfo of(Tcb tcb, long nowNs) {
        var info = new TcpInfo();
        who(tcb, info);
        congestion(tcb, info);
        flight(tcb.sent, info);
        times(tcb, info, nowNs);
        sizes(tcb, info);
        counts(tcb, info);
        socket(tcb, info, nowNs);
        return info;
    }

    private static void who(Tcb tcb, TcpInfo info) {
        info.state = tcb.state;
        info.local = new IpAddress(tcb.localHi, tcb.localLo);
        info.localPort = tcb.localPort;
        info.remote = new IpAddress(tcb.remoteHi, tcb.remoteLo);
        info.remotePort = tcb.remotePort;
        info.orphaned = tcb.orphaned;
        info.timestamps = tcb.timestamps;
        info.sack = tcb.sackPermitted;
        info.ecn = tcb.ecn.agreed();
        info.ecnSeen = tcb.ecn.seen();
        info.windowScaling = tcb.windowScaling;
        info.sndWscale = tcb.windowScaling ? tcb.sndWndShift : 0;
        info.rcvWscale = tcb.windowScaling ? tcb.rcvWndShift : 0;
    }

    private static void congestion(Tcb tcb, TcpInfo info) {
        info.congestion = tcb.congestionName;
        info.congestionInfo = tcb.congestionInfo();
        info.caState = tcb.loss.state();
        info.reordering = tcb.loss.dupThresh();
        info.reordSeen = tcb.loss.rack.reorderings();
        info.retransmits = tcb.timeouts;
        info.probes = tcb.probesUnanswered;
        info.backoff = tcb.deadlines.persistNs != Deadlines.NONE ? tcb.persistBackoffs : tcb.rtt.backoffs();
        info.cwnd = tcb.congestion.cwnd();
        info.ssthresh = tcb.congestion.ssthresh();
        long pace = tcb.pacer.rate();
        info.deliveryRate = tcb.sent.rate.bytesPerSecond();
        info.deliveryRateAppLimited = tcb.sent.rate.appLimited();
        info.pacingRate = pace == CongestionControl.UNPACED ? TcpInfo.UNLIMITED_RATE : pace;
    }

    private static void flight(SentQueue sent, TcpInfo info) {
        for (int i = 0; i < sent.records(); i++) {
            SentSegment record = sent.record(i);
            int packets = (record.length() - 1) / record.mss() + 1;
            info.unacked += packets;
            if (record.sacked()) {
                info.sacked += packets;
            } else if (record.lost() || record.retransmits() > 0) {
                info.lost += packets;
                info.retrans += record.lost() ? 0 : packets;
            }
        }
    }

    private static void times(Tcb tcb, TcpInfo info, long nowNs) {
        TcbCounts counts = tcb.counts;
        info.rtoNs = tcb.rtt.rtoNs();
        info.atoNs = counts.dataSegsIn == 0 ? 0 : tcb.acks.delayNs();
        info.rttNs = tcb.rtt.srttNs();
        info.rttvarNs = tcb.rtt.rttvarNs();
        info.minRttNs = tcb.rtt.minRttNs();
        info.lastDataSentNs = counts.sinceDataSentNs(tcb.openedNs, nowNs);
        info.lastDataRecvNs = counts.sinceDataReceivedNs(tcb.openedNs, nowNs);
        info.lastAckRecvNs = nowNs - tcb.lastReceivedNs;
        info.busyNs = counts.busyNs(nowNs);
        info.rwndLimitedNs = counts.rwndLimitedNs(nowNs);
        info.sndbufLimitedNs = counts.sndbufLimitedNs(nowNs);
        info.totalRtoTimeNs = counts.totalRtoTimeNs(nowNs);
    }

    private static void sizes(Tcb tcb, TcpInfo info) {
        info.sndMss = tcb.sndMss;
        info.rcvMss = tcb.acks.rcvMss();
        info.advMss = tcb.path == null ? 0 : Mss.announced(tcb) - SegmentWriter.usualOptions(tcb);
        info.pmtu = tcb.path == null ? 0 : tcb.path().mtu();
        info.sndWnd = tcb.sndWnd;
        info.rcvWnd = tcb.rcvWnd();
        info.receiveBuffer = tcb.receiveBuffer.limit();
        info.rcvSsthresh = tcb.receiveBuffer.size();
        info.rcvSpace = tcb.receiveBuffer.space();
        info.rcvRttNs = tcb.receiveBuffer.rttNs();
    }

    private static void counts(Tcb tcb, TcpInfo info) {
        TcbCounts counts = tcb.counts;
        info.bytesSent = counts.bytesSent;
        info.bytesRetrans = counts.bytesRetrans;
        // As the kernel counts: the SYN of an active open and either side's FIN are a byte each.
        boolean synAcked = !tcb.passive && tcb.state != TcpState.CLOSED && tcb.state != TcpState.SYN_SENT;
        info.bytesAcked = tcb.bytesAcked + (synAcked ? 1 : 0) + (tcb.finAcked() ? 1 : 0);
        info.bytesReceived = tcb.bytesReceived + (tcb.finReceived ? 1 : 0);
        info.segsOut = counts.segsOut;
        info.segsIn = counts.segsIn;
        info.dataSegsOut = counts.dataSegsOut;
        info.dataSegsIn = counts.dataSegsIn;
        info.dsackDups = tcb.reported.reported();
        info.rcvOoopack = counts.rcvOoopack;
        info.delivered = tcb.sent.deliveredPackets();
        info.deliveredCe = counts.deliveredCe;
        info.totalRetrans = tcb.retransmits;
        info.totalRto = counts.totalRto;
        info.totalRtoRecoveries = counts.totalRtoRecoveries;
        info.notsentBytes = tcb.unsent();
    }

    private static void socket(Tcb tcb, TcpInfo info, long nowNs) {
        info.receiveQueued = tcb.receiveBuffer.unconsumed();
        info.sendQueued = tcb.stream.bytes();
        info.receiveMemory = tcb.receiveBuffer.pinned();
        info.sendMemory = tcb.stream.trueSize();
        info.sendBuffer = tcb.sendBuffer.size();
        info.drops = tcb.counts.drops;
        timer(tcb.deadlines, info, nowNs);
    }

    private static void timer(TcbDeadlines deadlines, TcpInfo info, long nowNs) {
        long atNs = Deadlines.NONE;
        if (deadlines.rtoNs != Deadlines.NONE) {
            info.timer = TcpInfo.TIMER_RETRANSMIT;
            atNs = deadlines.rtoNs;
        } else if (deadlines.persistNs != Deadlines.NONE) {
            info.timer = TcpInfo.TIMER_PERSIST;
            atNs = deadlines.persistNs;
        } else if (deadlines.keepAliveNs != Deadlines.NONE || deadlines.finWait2Ns != Deadlines.NONE) {
            info.timer = TcpInfo.TIMER_KEEPALIVE;
            atNs = Math.min(deadlines.keepAliveNs, deadlines.finWait2Ns);
        }
        info.timerNs = info.timer == TcpInfo.TIMER_NONE ? 0 : Math.max(0, atNs - nowNs);
    }
}
