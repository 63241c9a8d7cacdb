package dev.braid.stack.jfr;

import dev.braid.stack.tcp.ConnectionObserver;
import dev.braid.stack.tcp.Decision;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.stack.tcp.TcpState;
import java.util.IdentityHashMap;
import java.util.Map;

/** Writes what it observes to the recordings that run. The core's thread only. */
final class ConnectionEvents implements ConnectionObserver {
    /** Begun and not ended. */
    private final Map<Tcb, ConnectionEvent> open = new IdentityHashMap<>();

    @Override
    public void onState(Tcb tcb, TcpState before, TcpState after) {
        var event = new StateChangeEvent();
        if (event.shouldCommit()) {
            event.name(tcb);
            event.before = before.name();
            event.after = after.name();
            event.commit();
        }
        if (after == TcpState.CLOSED || after == TcpState.TIME_WAIT) {
            ended(tcb);
        } else if (before == TcpState.CLOSED) {
            began(tcb);
        }
    }

    private void began(Tcb tcb) {
        var event = new ConnectionEvent();
        if (event.isEnabled()) {
            event.whole = true;
            event.begin();
            open.put(tcb, event);
        }
    }

    private void ended(Tcb tcb) {
        ConnectionEvent begun = open.remove(tcb);
        ConnectionEvent event = begun == null ? new ConnectionEvent() : begun;
        if (event.shouldCommit()) {
            event.fill(tcb);
            event.commit();
        }
    }

    @Override
    public void onLoss(Tcb tcb, Decision repair, long bytes) {
        var event = new LossEvent();
        if (event.shouldCommit()) {
            event.name(tcb);
            event.repair = repair.name();
            event.bytes = bytes;
            event.cwnd = tcb.cwnd();
            event.ssthresh = tcb.ssthresh();
            event.commit();
        }
    }

    @Override
    public void onRetransmit(Tcb tcb, Decision repair, int bytes) {
        var event = new RetransmissionEvent();
        if (event.shouldCommit()) {
            event.name(tcb);
            event.repair = repair.name();
            event.bytes = bytes;
            event.commit();
        }
    }

    @Override
    public void onListenOverflow(TcpListener listener) {
        var event = new ListenOverflowEvent();
        if (event.shouldCommit()) {
            event.local = TcpEvent.endpoint(listener.localHi(), listener.localLo(), listener.port());
            event.commit();
        }
    }
}
