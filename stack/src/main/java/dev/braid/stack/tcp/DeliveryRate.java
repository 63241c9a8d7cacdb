package dev.braid.stack.tcp;

import dev.braid.stack.congestion.AckSample;

/**
 * How fast data arrives at the other end, from what each acknowledgment delivers (draft-ietf-ccwg-bbr section 4.1): the bytes delivered
 * between the sending of a frame and its acknowledgment, over the longer of the times in which they were sent and acknowledged.
 * Beside it, what that frame met on its way: how much was in flight with it, and how much was lost meanwhile. Bytes and nanoseconds; core thread only; a few adds a frame.
 */
final class DeliveryRate {
    private static final long NONE = Long.MIN_VALUE;

    // C.delivered, C.delivered_time, C.first_sent_time and C.app_limited of the draft.
    private long delivered;
    private long deliveredNs;
    private long firstSentNs;
    /** While less than this is delivered, samples show the application's rate, not the path's; 0 = they show the path's. */
    private long appLimitedUntil;
    /** C.lost. */
    private long lost;
    /** A round trip is over when something is acknowledged that was sent after this much was delivered. */
    private long roundEnd;

    /** What became lost, until congestion control is told. */
    final LossReports losses = new LossReports();

    // The sample that the present acknowledgment makes.
    private long priorDelivered = NONE;
    private long priorNs;
    private long sendElapsedNs;
    private long newestSentNs;
    private long sampleInflight;
    private long sampleLost;
    private boolean sampleAppLimited;
    private boolean sampleResent;

    private long rate;
    private boolean rateAppLimited;

    /**
     * A frame leaves, for the first time or again.
     *
     * @param inflightBefore bytes in flight without it
     */
    void onSent(SentSegment segment, long inflightBefore, long nowNs) {
        if (inflightBefore == 0) {
            firstSentNs = nowNs;
            deliveredNs = nowNs;
        }
        segment.rateDelivered = delivered;
        segment.rateDeliveredNs = deliveredNs;
        segment.rateFirstSentNs = firstSentNs;
        segment.rateAppLimited = appLimitedUntil != 0;
        segment.rateInflight = inflightBefore + segment.length();
        segment.rateLost = lost;
    }

    /** A frame, or a part of one, was marked lost. */
    void onLost(SentSegment segment) {
        lost += segment.length();
        losses.add(segment);
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
            sampleInflight = segment.rateInflight;
            sampleLost = segment.rateLost;
            sampleAppLimited = segment.rateAppLimited;
            sampleResent = segment.retransmits > 0;
            newestSentNs = segment.sentNs;
        }
    }

    /**
     * The acknowledgment is entered: fills in what it measured.
     *
     * @param minRttNs a shorter interval is no measurement: it saw a burst of acknowledgments
     */
    void finishAck(AckSample sample, long minRttNs, long nowNs) {
        sample.deliveredBytes = delivered;
        sample.lostTotal = lost;
        if (priorDelivered == NONE) {
            sample.clearRate();
            return;
        }
        long bytes = delivered - priorDelivered;
        sample.rateDelivered = bytes;
        sample.priorDelivered = priorDelivered;
        sample.txInflight = sampleInflight;
        sample.rateLost = lost - sampleLost;
        sample.rateAppLimited = sampleAppLimited;
        sample.rateResent = sampleResent;
        sample.roundStart = priorDelivered >= roundEnd;
        if (sample.roundStart) {
            roundEnd = delivered;
        }
        long intervalNs = Math.max(sendElapsedNs, nowNs - priorNs);
        firstSentNs = newestSentNs;
        deliveredNs = nowNs;
        priorDelivered = NONE;
        if (appLimitedUntil != 0 && delivered > appLimitedUntil) {
            appLimitedUntil = 0;
        }
        if (intervalNs <= 0 || intervalNs < minRttNs) {
            sample.rateIntervalNs = 0;
            sample.deliveryRate = 0;
            return;
        }
        long measured = (long) (bytes * 1e9 / intervalNs);
        sample.rateIntervalNs = intervalNs;
        sample.deliveryRate = measured;
        // What the application's pauses made slow replaces nothing that was faster.
        if (!sampleAppLimited || measured >= rate) {
            rate = measured;
            rateAppLimited = sampleAppLimited;
        }
    }

    /** What was delivered says nothing of data: the SYN. */
    void forgetSample() {
        priorDelivered = NONE;
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
