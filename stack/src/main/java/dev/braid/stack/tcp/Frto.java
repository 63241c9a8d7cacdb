package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * Forward RTO-Recovery (RFC 5682, its SACK-enhanced form where SACK is in use): after a timeout, wait with further repairs until
 * the next acknowledgments have shown whether what had been sent before it was lost or late. Core thread only.
 *
 * <p>As Linux has it, data sent once before the timeout and acknowledged now shows the timeout spurious in step 2 already, and with
 * SACK even where the same ACK covers the repair: had it been there before, a SACK block would have told.
 */
final class Frto {
    private boolean active;

    /** A timeout's first repair is due (step 1). */
    void onTimeout(boolean applies) {
        active = applies;
    }

    /** Whether the steps are being followed. */
    boolean active() {
        return active;
    }

    /** The question is answered, or cannot be. */
    void end() {
        active = false;
    }

    /**
     * An ACK brings news after the timeout: step 3b, and 2.
     *
     * @param recoveryPoint behind what had been sent when the timer expired
     */
    boolean spurious(SentQueue sent, boolean sack, long recoveryPoint) {
        if (!active || sent.news.originalFrom() >= recoveryPoint) {
            return false;
        }
        // Without SACK what lies behind the repair may have waited for it to arrive.
        return sack || sent.news.repairSentNs() == AckNews.NO_SAMPLE;
    }

    /**
     * The same ACK shows nothing: step 3a ends it, step 2b asks for new data.
     *
     * @param moved the ACK moved SND.UNA
     * @param told it SACKs something new, or is a duplicate
     * @return whether to send new data, and no repair, until the next ACK
     */
    boolean wantsNewData(SentQueue sent, long recoveryPoint, boolean moved, boolean told) {
        if (!active) {
            return false;
        }
        if (sent.end() > recoveryPoint) {
            active = !told;
            return false;
        }
        return moved && sent.start() < recoveryPoint;
    }

    /**
     * Step 2b had asked for new data, and Output had none to send: repairs go on as usual, unless the pace alone holds it back.
     *
     * @return whether it was so
     */
    boolean fallsBack(Tcb tcb) {
        if (!active || tcb.sent.end() > tcb.loss.recoveryPoint() || tcb.deadlines.paceNs != Deadlines.NONE) {
            return false;
        }
        active = false;
        tcb.holdRepairs = false;
        return true;
    }
}
