package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;

/** What a peer's SYN or SYN/ACK settles: its sequence numbers and which options both sides use. */
final class PeerSyn {
    private PeerSyn() {}

    /** Offers of ours, in the TCB's option fields, are kept only where the peer makes them too. */
    static void accept(Tcb tcb, TcpSegment segment, long nowNs) {
        TcpOptions options = segment.options;
        // What was advertised on our own SYN, if any, counted from 0.
        int advertised = tcb.rcvAdv - tcb.rcvNxt;
        tcb.irs = segment.seq;
        tcb.rcvNxt = segment.seq + 1;
        tcb.rcvAdv = tcb.rcvNxt + advertised;
        tcb.lastAckSent = tcb.rcvNxt;
        tcb.timestamps &= options.has(TcpOptions.TIMESTAMPS);
        tcb.sackPermitted &= options.has(TcpOptions.SACK_PERMITTED);
        tcb.windowScaling &= options.has(TcpOptions.WINDOW_SCALE);
        if (tcb.timestamps) {
            tcb.tsRecent = options.tsVal();
            tcb.tsRecentNs = nowNs;
        }
        // RFC 7323 section 2.2: scaling in one direction only if both sides sent the option.
        tcb.sndWndShift = tcb.windowScaling ? options.windowScale() : 0;
        tcb.rcvWndShift = tcb.windowScaling ? tcb.rcvWndShift : 0;
        tcb.peerMss = options.has(TcpOptions.MSS)
                ? options.mss()
                : Mss.whenNotAnnounced(tcb.path().version());
        tcb.layer.refreshMss(tcb);
        ecn(tcb, segment);
    }

    private static void ecn(Tcb tcb, TcpSegment segment) {
        if (tcb.passive) {
            if (Ecn.grants(segment, tcb.layer.config.ecn != TcpConfig.ECN_NEVER, tcb.congestion.needsEcn())) {
                tcb.ecn.accept();
            }
        } else if (segment.has(Tcp.ACK)) {
            tcb.ecn.onSynAck(segment.flags);
        } else {
            tcb.ecn.onSimultaneousSyn(segment.flags);
        }
    }
}
