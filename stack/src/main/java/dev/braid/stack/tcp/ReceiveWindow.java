package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;

/**
 * The window to advertise (RFC 9293 section 3.8.6): the buffer less what the user has not taken, never less than was advertised,
 * and moved only by steps worth a segment (SWS avoidance, section 3.8.6.2.2). An {@link UpperLayer}'s window is advertised as it is.
 */
final class ReceiveWindow {
    /** The largest field without scaling. */
    static final int MAX_UNSCALED = 65_535;

    private ReceiveWindow() {}

    /** The shift to offer: settled once, it has to do for all that the buffer may ever grow to. */
    static int offeredShift(TcpSettings settings, TcpConfig config) {
        if (!config.windowScaling) {
            return 0;
        }
        int buffer = ReceiveBuffer.initial(settings, config);
        return shiftFor(settings.receiveBuffer > 0 ? buffer : Math.max(buffer, config.maxReceiveBuffer));
    }

    /** The shift that lets the field express {@code buffer} bytes (RFC 7323 section 2.3). */
    static int shiftFor(int buffer) {
        int shift = 0;
        while (shift < 14 && MAX_UNSCALED << shift < buffer) {
            shift++;
        }
        return shift;
    }

    /** The right edge there is room for, with the rules applied that hold whenever a segment goes out. */
    private static int edge(Tcb tcb, int maxWindow) {
        long room = Math.min(tcb.receiveBuffer.room(tcb), maxWindow);
        int offered = tcb.rcvWnd();
        int buffer = tcb.receiveBuffer.size();
        // RFC 9293 MUST-39: the edge moves by at least a segment or half the buffer.
        if (room - offered < Math.min(tcb.acks.rcvMss(), buffer / 2)) {
            return tcb.rcvAdv;
        }
        return Seq.max(tcb.rcvAdv, tcb.rcvNxt + (int) room);
    }

    /** Whether the user has made so much room that the peer should hear of it now. */
    static boolean worthUpdate(Tcb tcb) {
        int gain = Seq.diff(edge(tcb, MAX_UNSCALED << tcb.rcvWndShift), tcb.rcvAdv);
        if (gain <= 0) {
            return false;
        }
        int buffer = tcb.receiveBuffer.size();
        boolean segments = gain >= 2 * tcb.acks.rcvMss();
        return gain >= buffer / 2 || (segments && (gain >= buffer / 4 || tcb.rcvWnd() <= buffer / 8));
    }

    /**
     * The field of the next segment, which from now on counts as advertised.
     *
     * @param scaled false on a SYN (RFC 7323 section 2.2)
     */
    static int advertise(Tcb tcb, boolean scaled) {
        int shift = scaled ? tcb.rcvWndShift : 0;
        UpperLayer upper = tcb.upper;
        if (upper != null) {
            return advertiseForeign(tcb, upper, shift);
        }
        tcb.rcvAdv = edge(tcb, MAX_UNSCALED << shift);
        tcb.windowUpdateDue = false;
        int field = field(tcb, shift);
        tcb.rcvAdv = Seq.max(tcb.rcvAdv, tcb.rcvNxt + (field << shift));
        return field;
    }

    /**
     * The field says what the upper layer has room for; the edge says what is taken, and still never moves left: where the peer put
     * data over another connection in the meantime, what it may send on this one can lie beyond every window this one advertised.
     */
    private static int advertiseForeign(Tcb tcb, UpperLayer upper, int shift) {
        int field = (int) Math.min((upper.receiveWindow(tcb) + (1 << shift) - 1) >>> shift, MAX_UNSCALED);
        int window = field << shift;
        tcb.rcvAdv = Seq.max(tcb.rcvAdv, tcb.rcvNxt + Math.max(window, tcb.receiveBuffer.size()));
        tcb.windowUpdateDue = false;
        upper.onAdvertised(tcb, window);
        return field;
    }

    /** RCV.WND as the field has it. Rounded up: what was promised stays promised, though the field cannot name every byte. */
    static int field(Tcb tcb, int shift) {
        return Math.min((tcb.rcvWnd() + (1 << shift) - 1) >>> shift, MAX_UNSCALED);
    }
}
