package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.ip.IpPath;
import org.jspecify.annotations.Nullable;

/**
 * A segment arrives for no connection: LISTEN where there is a listener (RFC 9293 section 3.10.7.2), CLOSED where there is none
 * (section 3.10.7.1).
 */
final class ListenArrival {
    private final TcpLayer layer;
    private final SynCookies cookies;
    private final OtherStatesArrival otherStates;

    ListenArrival(TcpLayer layer, SynCookies cookies, OtherStatesArrival otherStates) {
        this.layer = layer;
        this.cookies = cookies;
        this.otherStates = otherStates;
    }

    /**
     * Goes through the checks in the RFC's order.
     *
     * @param reused the tuple was in TIME-WAIT until now
     * @param floor if so, the number behind the last that was sent there
     */
    void input(@Nullable TcpListener listener, TcpSegment segment, boolean reused, int floor, long nowNs) {
        // "First, check for a RST: An incoming RST segment could not be valid ... and should be ignored."
        if (segment.has(Tcp.RST)) {
            layer.counters.dropReset.increment();
            return;
        }
        // "Second, check for an ACK: Any acknowledgment is bad if it arrives on a connection still in the LISTEN state."
        if (segment.has(Tcp.ACK)) {
            if (!segment.has(Tcp.SYN) && fromCookie(listener, segment, nowNs)) {
                return;
            }
            refuse(listener, segment);
            return;
        }
        // "Third, check for a SYN"; with FIN it is nobody's honest wish.
        if (!segment.has(Tcp.SYN) || segment.has(Tcp.FIN)) {
            if (listener == null) {
                refuse(null, segment);
            } else {
                layer.counters.dropListen.increment();
            }
            return;
        }
        UpperLayerProtocol protocol = layer.upperProtocol;
        SynClaim claim = protocol == null ? null : protocol.claimSyn(segment, listener, nowNs);
        if (claim instanceof SynClaim.Refused || (listener == null && claim == null)) {
            refuse(null, segment);
            return;
        }
        TcpSettings joined = claim == null ? null : claim.joinedSettings();
        if (claim != null && joined != null && claim.wantsCookie()) {
            answerByCookie(null, joined, segment, nowNs);
            return;
        }
        syn(joined != null ? null : listener, claim, segment, reused, floor, nowNs);
    }

    private void answerByCookie(@Nullable TcpListener listener, TcpSettings settings, TcpSegment segment, long nowNs) {
        if (layer.config.synCookies) {
            layer.counters.cookiesSent.increment();
            cookies.answer(layer, segment, listener, settings, nowNs);
        } else {
            layer.counters.dropBacklog.increment();
        }
    }

    private void refuse(@Nullable TcpListener listener, TcpSegment segment) {
        if (listener == null) {
            layer.counters.dropNoSocket.increment();
        } else {
            layer.counters.dropListen.increment();
        }
        layer.resets.answer(segment);
    }

    private void syn(
            @Nullable TcpListener listener,
            @Nullable SynClaim claim,
            TcpSegment segment,
            boolean reused,
            int floor,
            long nowNs) {
        if (listener != null && !listener.hasRoom()) {
            layer.listenOverflow(listener);
            layer.counters.dropBacklog.increment();
            return;
        }
        if (listener != null && !listener.hasHalfOpenRoom()) {
            answerByCookie(listener, listener.settings(), segment, nowNs);
            return;
        }
        Tcb tcb = tcb(listener, claim, segment);
        if (tcb == null) {
            return;
        }
        layer.begin(tcb, nowNs);
        if (reused && Seq.lessOrEqual(tcb.iss, floor)) {
            // RFC 9293 section 3.6.1: a number beyond all that the former incarnation used.
            layer.begin(tcb, floor + 65_536, nowNs);
        }
        tcb.enter(TcpState.SYN_RECEIVED);
        PeerSyn.accept(tcb, segment, nowNs);
        tcb.synDue = true;
        if (listener != null) {
            listener.onHalfOpen(tcb);
        }
        layer.counters.passiveOpens.increment();
        UpperLayer upper = attach(claim, tcb, nowNs);
        if (upper != null && !otherStates.verdict(tcb, upper.onSegment(tcb, segment, nowNs))) {
            if (!tcb.resetDue) {
                layer.ending.release(tcb);
            }
            return;
        }
        layer.touch(tcb);
    }

    /** A third ACK whose number is one of our cookies: the connection is made from it alone. */
    private boolean fromCookie(@Nullable TcpListener here, TcpSegment segment, long nowNs) {
        if (!layer.config.synCookies || !cookies.pending(nowNs)) {
            return false;
        }
        int mss = cookies.check(segment, nowNs);
        if (mss == 0) {
            if (here != null) {
                layer.counters.cookiesFailed.increment();
            }
            return false;
        }
        UpperLayerProtocol protocol = layer.upperProtocol;
        SynClaim claim = protocol == null ? null : protocol.claimCookie(segment, here, nowNs);
        if (claim instanceof SynClaim.Refused || (here == null && claim == null)) {
            return false;
        }
        boolean joins = claim != null && claim.joinedSettings() != null;
        TcpListener listener = joins ? null : here;
        if (listener != null && !listener.hasRoom()) {
            layer.listenOverflow(listener);
            return true;
        }
        Tcb tcb = tcb(listener, claim, segment);
        if (tcb == null) {
            return true;
        }
        layer.counters.cookiesReceived.increment();
        layer.begin(tcb, segment.ack - 1, nowNs);
        cookies.restore(layer, tcb, segment, mss, nowNs);
        tcb.enter(TcpState.SYN_RECEIVED);
        UpperLayer upper = attach(claim, tcb, nowNs);
        if (upper != null) {
            // The SYN/ACK said so, when there was nobody yet who could have heard it.
            upper.onAdvertised(tcb, ReceiveWindow.MAX_UNSCALED);
        }
        if (listener != null) {
            listener.onHalfOpen(tcb);
        }
        otherStates.input(tcb, segment, nowNs);
        layer.touch(tcb);
        return true;
    }

    private static @Nullable UpperLayer attach(@Nullable SynClaim claim, Tcb tcb, long nowNs) {
        tcb.upper = claim == null ? null : claim.attach(tcb, nowNs);
        return tcb.upper;
    }

    /** A passive TCB for the segment's tuple, in the flow table. */
    private @Nullable Tcb tcb(@Nullable TcpListener listener, @Nullable SynClaim claim, TcpSegment segment) {
        IpPath path = layer.ip.replyPath(layer.arriving());
        if (path == null) {
            layer.counters.dropNoPath.increment();
            return null;
        }
        TcpSettings joined = claim == null ? null : claim.joinedSettings();
        TcpSettings inherited = joined == null && listener != null ? listener.settings() : joined;
        TcpSettings settings = inherited == null ? new TcpSettings() : new TcpSettings(inherited);
        Tcb tcb = new Tcb(layer, Unaccepted.USER, settings);
        tcb.listener = listener;
        tcb.passive = true;
        tcb.counts.segsIn = 1; // the SYN came before the TCB
        tcb.path = path;
        tcb.scope = segment.scope;
        tcb.localHi = segment.dstHi;
        tcb.localLo = segment.dstLo;
        tcb.localPort = segment.dstPort;
        tcb.remoteHi = segment.srcHi;
        tcb.remoteLo = segment.srcLo;
        tcb.remotePort = segment.srcPort;
        return layer.file(tcb) ? tcb : null;
    }

    /** The user of a connection that was not accepted yet: whoever accepts it reads its state. */
    private enum Unaccepted implements ConnectionUser {
        USER;

        @Override
        public void onEstablished(Connection connection) {}

        @Override
        public void onReadable(Connection connection) {}

        @Override
        public void onWritable(Connection connection) {}

        @Override
        public void onFailed(Connection connection, TcpFailure failure) {}

        @Override
        public void onClosed(Connection connection) {}
    }
}
