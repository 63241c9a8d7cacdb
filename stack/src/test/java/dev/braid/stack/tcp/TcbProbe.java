package dev.braid.stack.tcp;

/** Shows tests of other packages the variables of a connection that have no accessor. */
public final class TcbProbe {
    private TcbProbe() {}

    /** The peer's initial sequence number. */
    public static int irs(Tcb tcb) {
        return tcb.irs;
    }

    /** The right edge of the window as advertised. */
    public static int rcvAdv(Tcb tcb) {
        return tcb.rcvAdv;
    }

    /** How the sender stands to loss. */
    public static RecoveryState recoveryState(Tcb tcb) {
        return tcb.loss.state();
    }

    /** What is wrong with a connection's variables; empty when nothing is. */
    public static String complaint(Tcb tcb) {
        if (tcb.state == TcpState.CLOSED) {
            return "";
        }
        if (tcb.sndNxt - tcb.sndUna < 0) {
            return "SND.NXT is before SND.UNA";
        }
        if (tcb.state.canReceive() && tcb.rcvAdv - tcb.rcvNxt < 0) {
            return "the window ends before RCV.NXT";
        }
        if (tcb.cwnd() <= 0 || tcb.sndMss <= 0) {
            return "cwnd " + tcb.cwnd() + ", MSS " + tcb.sndMss;
        }
        if (tcb.stream.bytes() < 0 || tcb.inflight() < 0 || tcb.receiveBuffer.unconsumed() < 0) {
            return "negative: queued " + tcb.stream.bytes() + ", in flight " + tcb.inflight() + ", unconsumed "
                    + tcb.receiveBuffer.unconsumed();
        }
        return "";
    }
}
