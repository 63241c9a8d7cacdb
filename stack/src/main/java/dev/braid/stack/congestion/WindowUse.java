package dev.braid.stack.congestion;

/**
 * Whether the congestion window was what limited the sender: a window that nobody fills says nothing about the path, and must
 * not grow (RFC 7661; RFC 9438 section 5.8). Judged per window of data, as Linux does: one moment at the limit counts for all the
 * acknowledgments of that window, and else the most that was out. Filled by the sender, read through {@link AckSample}. Core
 * thread only; no allocation.
 */
public final class WindowUse {
    private boolean limited;
    private long mostInflight;
    /** The position where the window of data that is judged ends. */
    private long windowEnd = Long.MIN_VALUE;
    private long lastSndNxt = Long.MIN_VALUE;

    /**
     * A turn of sending ended. Counts when something left or the window held it back.
     *
     * @param atLimit the window held data back, or is full
     * @param sndUna the oldest unacknowledged position
     * @param sndNxt the next position to send
     */
    public void onTurn(boolean atLimit, long sndUna, long sndNxt) {
        if (!atLimit && sndNxt == lastSndNxt) {
            return;
        }
        lastSndNxt = sndNxt;
        long flight = sndNxt - sndUna;
        if (atLimit || sndUna >= windowEnd || (!limited && flight > mostInflight)) {
            limited = atLimit;
            mostInflight = flight;
            windowEnd = sndNxt;
        }
    }

    /** The window was full, or held data back, in the present window of data. */
    public boolean limited() {
        return limited;
    }

    /** The most that was sent and not acknowledged in the present window of data, in bytes. */
    public long mostInflight() {
        return mostInflight;
    }
}
