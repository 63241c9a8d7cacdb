package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Protocol;

/** All the ways a connection ends, and what is given back then. */
final class Ending {
    private final TcpLayer layer;

    Ending(TcpLayer layer) {
        this.layer = layer;
    }

    /** The user lets go (RFC 9293 section 3.9.1.4). */
    void close(Tcb tcb, long nowNs) {
        if (tcb.orphaned) {
            return;
        }
        tcb.orphaned = true;
        switch (tcb.state) {
            case CLOSED, TIME_WAIT -> forgetReceived(tcb);
            case SYN_SENT -> release(tcb);
            default -> {
                // RFC 1122 section 4.2.2.13: "If such a host issues a CLOSE call while received data is still pending in TCP, or
                // if new data is received after CLOSE is called, its TCP SHOULD send a RST to show that data was lost."
                if (tcb.received.available() > 0) {
                    layer.counters.abortOnClose.increment();
                    abort(tcb);
                    return;
                }
                tcb.finish();
                if (tcb.state == TcpState.FIN_WAIT_2) {
                    armFinWait2(tcb, nowNs);
                }
                layer.touch(tcb);
            }
        }
    }

    /** RFC 9293 section 3.9.1.7: the reset leaves with the next flush, and nothing else. */
    void abort(Tcb tcb) {
        switch (tcb.state) {
            case CLOSED, TIME_WAIT -> {
                if (tcb.orphaned) {
                    forgetReceived(tcb);
                }
            }
            case SYN_SENT -> release(tcb);
            default -> {
                leaveState(tcb);
                tcb.deadlines.clear();
                tcb.resetDue = true;
                layer.touch(tcb);
            }
        }
    }

    /** The connection is gone; the user hears why. */
    void fail(Tcb tcb, TcpFailure why) {
        noteFailure(tcb, why);
        release(tcb);
    }

    /** The connection is gone, and the peer hears it too. */
    void failWithReset(Tcb tcb, TcpFailure why) {
        noteFailure(tcb, why);
        abort(tcb);
    }

    private void noteFailure(Tcb tcb, TcpFailure why) {
        if (tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED) {
            layer.counters.attemptFails.increment();
        } else if (why == TcpFailure.RESET) {
            layer.counters.estabResets.increment();
        }
        tcb.failure = why;
        if (!tcb.orphaned) {
            tcb.user.onFailed(tcb, why);
        }
    }

    /** An abandoned connection does not wait in FIN-WAIT-2 for ever. */
    void armFinWait2(Tcb tcb, long nowNs) {
        long stay = tcb.settings.finWait2Ns;
        tcb.deadlines.finWait2Ns = nowNs + (stay >= 0 ? stay : layer.config.finWait2Ns);
    }

    /** Both FINs are acknowledged: what is left to remember fits a {@link TimeWaitTable} entry. */
    void timeWait(Tcb tcb, long nowNs) {
        unfile(tcb);
        layer.timeWait.add(tcb, nowNs);
        layer.counters.timeWaited.increment();
        uncount(tcb);
        tcb.enter(TcpState.TIME_WAIT);
        giveBack(tcb);
        sayClosed(tcb, nowNs);
    }

    /** The connection is over, without another word. Idempotent. */
    void release(Tcb tcb) {
        unfile(tcb);
        leaveState(tcb);
        giveBack(tcb);
        sayClosed(tcb, tcb.lastReceivedNs);
    }

    /** Tells those who hear of it, once. */
    private void sayClosed(Tcb tcb, long nowNs) {
        UpperLayer upper = tcb.upper;
        tcb.upper = null;
        if (upper != null) {
            upper.onClosed(tcb, nowNs);
        }
        TcpListener listener = tcb.listener;
        if (listener != null) {
            listener.onGone(tcb);
        }
        if (!tcb.orphaned && !tcb.closedSaid) {
            tcb.closedSaid = true;
            tcb.user.onClosed(tcb);
        }
    }

    private void leaveState(Tcb tcb) {
        uncount(tcb);
        tcb.enter(TcpState.CLOSED);
    }

    private void uncount(Tcb tcb) {
        if (tcb.state == TcpState.ESTABLISHED || tcb.state == TcpState.CLOSE_WAIT) {
            layer.counters.currEstab.add(-1);
        }
    }

    private void unfile(Tcb tcb) {
        if (tcb.filed) {
            tcb.filed = false;
            layer.flows.remove(
                    tcb.scope,
                    Protocol.TCP,
                    tcb.localHi,
                    tcb.localLo,
                    tcb.remoteHi,
                    tcb.remoteLo,
                    tcb.localPort,
                    tcb.remotePort);
        }
    }

    private void giveBack(Tcb tcb) {
        tcb.resetDue = false;
        tcb.deadlines.clear();
        layer.wheel.cancel(tcb.entry);
        tcb.stream.clear();
        tcb.sent.clear();
        tcb.sendBuffer.onStream(0);
        tcb.outOfOrder.clear();
        tcb.receiveBuffer.onOutOfOrder(0);
        if (tcb.orphaned) {
            forgetReceived(tcb);
        }
    }

    private static void forgetReceived(Tcb tcb) {
        tcb.received.clear();
        tcb.receiveBuffer.release();
    }
}
