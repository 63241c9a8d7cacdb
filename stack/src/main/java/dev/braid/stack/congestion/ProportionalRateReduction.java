package dev.braid.stack.congestion;

/**
 * Proportional rate reduction (RFC 6937): while a reduction is under way the window follows what the receiver reports, so that
 * it reaches ssthresh when the last of the old window is acknowledged, with neither a silence nor a burst before.
 *
 * <p>Above ssthresh new data leaves in the proportion {@code ssthresh / cwnd} to what arrives. Below, where the losses alone did more than
 * the reduction asked for, as much leaves as arrived (CRB), and a segment more for each acknowledgment that makes progress and
 * tells of no further loss (SSRB): the <em>safeACK</em> of its successor 6937bis, as Linux has it. Amounts are rounded up to whole segments, so
 * the first acknowledgment already sets a segment free. Bytes; no allocation.
 */
final class ProportionalRateReduction {
    private long startWindow;
    private long ssthresh;
    private long delivered;
    private long out;

    /**
     * A reduction begins.
     *
     * @param cwnd the window until now, which stands for RFC 6937's RecoverFS: the same where the window was in use
     * @param ssthresh where the window shall be at the end
     */
    void start(long cwnd, long ssthresh) {
        this.startWindow = Math.max(1, cwnd);
        this.ssthresh = ssthresh;
        delivered = 0;
        out = 0;
    }

    /** It goes on from where another was. */
    void copyFrom(ProportionalRateReduction other) {
        startWindow = other.startWindow;
        ssthresh = other.ssthresh;
        delivered = other.delivered;
        out = other.out;
    }

    /** Data left, new or again. */
    void onSent(int bytes) {
        out += bytes;
    }

    /**
     * The window after an acknowledgment.
     *
     * @param newlyDelivered bytes it showed to have arrived; 0 leaves the window as it is
     * @param progress it moved SND.UNA and told of no further loss
     * @param inflight bytes in the pipe now
     * @param cwnd the window until now
     */
    long window(long newlyDelivered, boolean progress, long inflight, long cwnd, int mss) {
        if (newlyDelivered <= 0) {
            return cwnd;
        }
        delivered += newlyDelivered;
        long room = ssthresh - inflight;
        long count;
        if (room < 0) {
            // "Proportional Rate Reduction: sndcnt = CEIL(prr_delivered * ssthresh / RecoverFS) - prr_out".
            double share = (double) delivered * ssthresh / startWindow;
            count = (long) Math.ceil(share / mss) * mss - out;
        } else {
            count = Math.min(room, Math.max(delivered - out, newlyDelivered) + (progress ? mss : 0));
        }
        // The first retransmission leaves whatever the proportion says.
        return inflight + Math.max(count, out > 0 ? 0 : mss);
    }
}
