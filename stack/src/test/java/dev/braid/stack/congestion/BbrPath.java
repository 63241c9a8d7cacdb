package dev.braid.stack.congestion;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * A sender without TCP on a path with one bottleneck: every packet is acknowledged by itself, a lost one is noticed when its
 * acknowledgment would have come. What a {@link Bbr} does on it is its own doing, not loss detection's.
 */
final class BbrPath {
    static final int MSS = 1460;
    static final long MS = 1_000_000L;
    static final long SECOND = 1000 * MS;

    private static final class Packet {
        long index;
        long sentNs;
        long ackNs;
        boolean lost;
        long delivered;
        long deliveredNs;
        long firstSentNs;
        long lostBefore;
        long inflight;
        boolean appLimited;
    }

    final Bbr bbr;
    private final AckSample sample = new AckSample();
    private final ArrayDeque<Packet> flight = new ArrayDeque<>();

    // The path.
    double bytesPerSecond;
    long rttNs;
    long queueBytes = Long.MAX_VALUE;
    LongPredicate loses = index -> false;
    /** ACKs come only at multiples of this. */
    long ackEveryNs = 1;

    // The application.
    double appBytesPerSecond = Double.POSITIVE_INFINITY;
    private double appBytes;
    private boolean paused;

    long nowNs = 5 * SECOND;
    long delivered;
    long lost;
    long sent;
    long inflight;
    long mostQueueBytes;
    private long deliveredNs;
    private long firstSentNs;
    private long appLimitedUntil;
    private long linkFreeNs;
    private long nextSendNs;
    private long index;
    private long recoveryPoint = -1;
    private boolean heldByCwnd;
    boolean sack = true;

    BbrPath(double megabits, long rttMs) {
        this(megabits, rttMs, 7);
    }

    BbrPath(double megabits, long rttMs, long entropy) {
        bytesPerSecond = megabits * 125_000;
        rttNs = rttMs * MS;
        bbr = new Bbr();
        bbr.entropy(entropy);
        bbr.onEstablished(MSS, rttNs, false, nowNs);
    }

    static LongPredicate randomly(double probability) {
        var random = new SplittableRandom(11);
        return index -> random.nextDouble() < probability;
    }

    BbrPhase phase() {
        return bbr.phase();
    }

    long bdp() {
        return (long) (bytesPerSecond * rttNs / SECOND);
    }

    void run(long ns) {
        long until = nowNs + ns;
        while (nowNs < until) {
            step(until);
        }
    }

    /** Runs until a phase begins, or fails after {@code mostNs}. */
    void runTo(BbrPhase wanted, long mostNs) {
        runUntil(() -> bbr.phase() == wanted, mostNs);
    }

    void runUntil(BooleanSupplier condition, long mostNs) {
        long until = nowNs + mostNs;
        while (!condition.getAsBoolean()) {
            if (nowNs >= until) {
                throw new AssertionError("still in " + bbr.phase() + " after " + mostNs / MS + " ms");
            }
            step(until);
        }
    }

    boolean startupIsOver() {
        return bbr.model().fullPipe.ever();
    }

    /** How many packets were sent. */
    long packets() {
        return index;
    }

    /** Goodput from now on for a while, as a share of the bottleneck's rate. */
    double utilisation(long ns) {
        long before = delivered;
        run(ns);
        return (delivered - before) / (bytesPerSecond * ns / SECOND);
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** The next thing that happens, at the latest at {@code until}. */
    void step(long until) {
        boolean roomInWindow = inflight + MSS <= bbr.cwnd();
        boolean hasData = !paused && (Double.isInfinite(appBytesPerSecond) || appBytes >= MSS);
        heldByCwnd |= hasData && !roomInWindow;
        if (!hasData && roomInWindow) {
            appLimitedUntil = Math.max(1, delivered + inflight);
        }
        long sendNs = roomInWindow && hasData ? Math.max(nowNs, nextSendNs) : Long.MAX_VALUE;
        if (!hasData && !paused) {
            sendNs = nowNs + (long) ((MSS - appBytes) / appBytesPerSecond * SECOND) + 1;
        }
        Packet head = flight.peek();
        long ackNs = head == null ? Long.MAX_VALUE : head.ackNs;
        long nextNs = Math.min(until, Math.min(sendNs, ackNs));
        if (!paused && !Double.isInfinite(appBytesPerSecond)) {
            appBytes = Math.min(appBytes + (nextNs - nowNs) * appBytesPerSecond / SECOND, 2 * MSS);
        }
        nowNs = nextNs;
        if (ackNs <= nowNs) {
            arrive(flight.remove());
        } else if (sendNs <= nowNs && hasData) {
            send();
        }
    }

    private void send() {
        bbr.onSent(MSS, inflight, false, nowNs);
        if (inflight == 0) {
            firstSentNs = nowNs;
            deliveredNs = nowNs;
        }
        appBytes -= MSS;
        var packet = new Packet();
        packet.index = index++;
        packet.sentNs = nowNs;
        packet.delivered = delivered;
        packet.deliveredNs = deliveredNs;
        packet.firstSentNs = firstSentNs;
        packet.lostBefore = lost;
        packet.appLimited = appLimitedUntil != 0;
        inflight += MSS;
        packet.inflight = inflight;
        sent += MSS;
        long takesNs = (long) (MSS / bytesPerSecond * SECOND);
        double queued = Math.max(0, linkFreeNs - nowNs) * bytesPerSecond / SECOND;
        packet.lost = queued + MSS > queueBytes || loses.test(packet.index);
        if (!packet.lost) {
            linkFreeNs = Math.max(nowNs, linkFreeNs) + takesNs;
            mostQueueBytes = Math.max(mostQueueBytes, (long) queued + MSS);
        }
        long ackNs = Math.max(nowNs, linkFreeNs) + rttNs;
        packet.ackNs = (ackNs + ackEveryNs - 1) / ackEveryNs * ackEveryNs;
        Packet last = flight.peekLast();
        if (last != null) {
            packet.ackNs = Math.max(packet.ackNs, last.ackNs);
        }
        flight.add(packet);
        nextSendNs = Math.max(nowNs, nextSendNs) + (long) ((double) MSS * SECOND / bbr.pacingRate());
    }

    private void arrive(Packet packet) {
        inflight -= MSS;
        if (packet.lost) {
            lost += MSS;
            bbr.onSegmentLost(
                    MSS, packet.delivered, packet.lostBefore, packet.inflight, packet.appLimited, nowNs);
            if (recoveryPoint < 0) {
                recoveryPoint = index;
                bbr.onRecoveryStart(inflight, 0, nowNs);
            }
            return;
        }
        if (recoveryPoint >= 0 && packet.index >= recoveryPoint) {
            recoveryPoint = -1;
            bbr.onRecoveryEnd(inflight, nowNs);
        }
        delivered += MSS;
        if (appLimitedUntil != 0 && delivered > appLimitedUntil) {
            appLimitedUntil = 0;
        }
        long intervalNs = Math.max(packet.sentNs - packet.firstSentNs, nowNs - packet.deliveredNs);
        firstSentNs = packet.sentNs;
        deliveredNs = nowNs;
        sample.clear();
        sample.nowNs = nowNs;
        sample.rttNs = nowNs - packet.sentNs;
        sample.newlyDelivered = MSS;
        sample.ackedBytes = MSS;
        sample.inflightBefore = inflight + MSS;
        sample.inflightAfter = inflight;
        sample.cwndLimited = heldByCwnd;
        sample.selectiveAcks = sack;
        sample.deliveredBytes = delivered;
        sample.lostTotal = lost;
        sample.rateDelivered = delivered - packet.delivered;
        sample.priorDelivered = packet.delivered;
        sample.txInflight = packet.inflight;
        sample.rateLost = lost - packet.lostBefore;
        sample.rateAppLimited = packet.appLimited;
        sample.rateIntervalNs = intervalNs;
        sample.deliveryRate = intervalNs >= rttNs ? sample.rateDelivered * SECOND / intervalNs : 0;
        heldByCwnd = false;
        bbr.onAck(sample);
    }
}
