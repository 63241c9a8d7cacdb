package dev.braid.stack.mptcp.scheduler;

/** A subflow as a scheduler sees it, with a window that data fills and acknowledgements empty. */
final class PathStub implements SubflowView {
    static final int MSS = 1_000;
    private static final long MS = 1_000_000L;

    private final int number;
    boolean usable = true;
    boolean backup;
    boolean yields;
    boolean stale;
    boolean timedOut;
    boolean paced;
    boolean windowClosed;
    long srttNs;
    long rttvarNs;
    long cwnd = 10 * MSS;
    long outstanding;
    long pacingRate;

    PathStub(int number, long srttMs) {
        this.number = number;
        srttNs = srttMs * MS;
        rttvarNs = srttNs / 8;
    }

    PathStub window(int segments) {
        cwnd = (long) segments * MSS;
        return this;
    }

    PathStub full() {
        outstanding = cwnd;
        return this;
    }

    PathStub pace(long bytesPerSecond) {
        pacingRate = bytesPerSecond;
        return this;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public int localId() {
        return number;
    }

    @Override
    public int remoteId() {
        return 0;
    }

    @Override
    public int link() {
        return number;
    }

    @Override
    public boolean usable() {
        return usable;
    }

    @Override
    public boolean backup() {
        return backup;
    }

    @Override
    public boolean yields() {
        return yields;
    }

    @Override
    public boolean stale() {
        return stale;
    }

    @Override
    public long srttNs() {
        return srttNs;
    }

    @Override
    public long rttvarNs() {
        return rttvarNs;
    }

    @Override
    public long rtoNs() {
        return Math.max(200 * MS, srttNs + 4 * rttvarNs);
    }

    @Override
    public boolean timedOut() {
        return timedOut;
    }

    @Override
    public boolean ready(long nowNs) {
        return usable && !paced && !windowClosed && outstanding + MSS <= cwnd;
    }

    @Override
    public boolean waitsForWindow() {
        return windowClosed && outstanding == 0;
    }

    @Override
    public long cwnd() {
        return cwnd;
    }

    @Override
    public long inflight() {
        return outstanding;
    }

    @Override
    public long queued() {
        return 0;
    }

    @Override
    public long outstanding() {
        return outstanding;
    }

    @Override
    public long pacingRate() {
        return pacingRate;
    }

    @Override
    public int mss() {
        return MSS;
    }

    @Override
    public String toString() {
        return "path " + number;
    }
}
