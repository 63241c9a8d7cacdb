package dev.braid.stack.tcp;

import dev.braid.stack.congestion.CongestionControl;

/** Which congestion control a connection has: what its user chose, else the host's; another can take over at any time. */
final class CongestionChoice {
    private CongestionChoice() {}

    /** The name of the control that settings and configuration ask for. */
    static String name(TcpSettings settings, TcpConfig config) {
        String own = settings.congestionControl;
        return own != null && config.congestionControls.has(own) ? own : config.congestionControl;
    }

    /**
     * The settings changed: when the user's choice is another than what is in force, it takes over, from the window there is. The
     * host's choice counts when a connection begins, so a change of it leaves those that there are alone.
     */
    static void settingsChanged(Tcb tcb, long nowNs) {
        TcpConfig config = tcb.layer.config;
        String wanted = tcb.settings.congestionControl;
        if (wanted == null || wanted.equals(tcb.congestionName) || !config.congestionControls.has(wanted)) {
            return;
        }
        CongestionControl before = tcb.congestion;
        CongestionControl next = config.congestionControls.create(wanted);
        tcb.congestion = next;
        tcb.congestionName = wanted;
        tcb.ecn.everywhere(next.needsEcn());
        if (tcb.state.synchronised()) {
            RecoveryState state = tcb.loss.state();
            boolean reducing = state == RecoveryState.RECOVERY || state == RecoveryState.CWR;
            next.onTakeOver(before, tcb.sndMss, tcb.rtt.srttNs(), tcb.inflight(), reducing, nowNs);
            AckArrival.pace(tcb, nowNs);
        }
    }
}
