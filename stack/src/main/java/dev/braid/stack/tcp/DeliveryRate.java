package dev.braid.stack.tcp;

/**
 * How fast data arrives at the other end, from what each acknowledgment delivers (draft-cheng-iccrg-delivery-rate-estimation): the
 * bytes delivered between the sending of a frame and its acknowledgment, over the longer of the times in which they were sent and
 * acknowledged. Bytes and nanoseconds; core thread only; a few adds a frame.
 */
final class DeliveryRate {
    private static final long NONE = Long.MIN_VALUE;

    // C.delivered, C.delivered_time, C.first_sent_time and C.app_limited of the draft.
    private long delivered;
    private long deliveredNs;
    private long firstSentNs;
    /** While less than this is delivered, samples show the application's rate, not the path's; 0 = they show the path's. */
    private long appLimitedUntil;

    // The sample that the present acknowledgment makes.
    private long priorDelivered = NONE;
    private long priorNs;
    private long sendElapsedNs;
    private long newestSentNs;
    private boolean sampleAppLimited;

    private long rate;
    private boolean rateAppLimited;

    /** A frame leaves, for the first time or again. */
    void onSent(SentSegment segment, boolean nothingInFlight, long nowNs) {
        if (nothingInFlight) {
            firstSentNs = nowNs;
            deliveredNs = nowNs;
        }
        segment.rateDelivered = delivered;
        segment.rateDeliveredNs = deliveredNs;
        segment.rateFirstSentNs = firstSentNs;
        segment.rateAppLimited = appLimitedUntil != 0;
    }

    /** All that the application gave is sent, and the window has room: what comes now is its pace. */
    void applicationLimited(long inflight) {
        appLimitedUntil = Math.max(1, delivered + inflight);
    }

    /** Some of a frame was acknowledged or SACKed for the first time. The frame sent last of those delivered makes the sample. */
    void onDelivered(SentSegment segment, int bytes) {
        delivered += bytes;
        if (priorDelivered == NONE || segment.sentNs >= newestSentNs) {
            priorDelivered = segment.rateDelivered;
            priorNs = segment.rateDeliveredNs;
            sendElapsedNs = segment.sentNs - segment.rateFirstSentNs;
            sampleAppLimited = segment.rateAppLimited;
            newestSentNs = segment.sentNs;
        }
    }

    /**
     * The acknowledgment is entered.
     *
     * @param minRttNs a shorter interval is no measurement: it saw a burst of acknowledgments
     * @return the rate it measured in bytes per second, 0 when it measured none
     */
    long finishAck(long minRttNs, long nowNs) {
        if (priorDelivered == NONE) {
            return 0;
        }
        long bytes = delivered - priorDelivered;
        long intervalNs = Math.max(sendElapsedNs, nowNs - priorNs);
        firstSentNs = newestSentNs;
        deliveredNs = nowNs;
        priorDelivered = NONE;
        if (appLimitedUntil != 0 && delivered > appLimitedUntil) {
            appLimitedUntil = 0;
        }
        if (intervalNs <= 0 || intervalNs < minRttNs) {
            return 0;
        }
        long measured = (long) (bytes * 1e9 / intervalNs);
        // What the application's pauses made slow replaces nothing that was faster.
        if (!sampleAppLimited || measured >= rate) {
            rate = measured;
            rateAppLimited = sampleAppLimited;
        }
        return measured;
    }

    /** What was delivered says nothing of data: the SYN. */
    void forgetSample() {
        priorDelivered = NONE;
    }

    /** Whether the latest sample shows the application's rate. */
    boolean sampleAppLimited() {
        return sampleAppLimited;
    }

    /** Bytes per second by the latest sample that counts, 0 before the first. */
    long bytesPerSecond() {
        return rate;
    }

    /** Whether that one shows the application's rate. */
    boolean appLimited() {
        return rateAppLimited;
    }
}
