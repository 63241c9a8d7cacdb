package dev.braid.stack.congestion;

/**
 * The largest value of the last {@code length} ticks of any clock, after Kathleen Nichols' idea: besides the largest value it
 * remembers the largest of those that came after it, and the largest after that one, so that something recent is at hand when
 * the largest grows too old. It forgets by ticks of a third of the window at the coarsest; constant space and time.
 */
final class WindowedMax {
    private long value;
    private long tick;
    private long nextValue;
    private long nextTick;
    private long lastValue;
    private long lastTick;

    /** Starts afresh with one value. */
    void reset(long value, long tick) {
        this.value = value;
        this.tick = tick;
        forgetAfterLargest();
    }

    private void forgetAfterLargest() {
        nextValue = value;
        nextTick = tick;
        forgetAfterNext();
    }

    private void forgetAfterNext() {
        lastValue = nextValue;
        lastTick = nextTick;
    }

    /** The largest value still remembered. */
    long value() {
        return value;
    }

    /**
     * Takes a value in.
     *
     * @param tick the clock, never less than in the call before
     * @param length how many ticks a value counts after its own
     * @return the largest value of the window
     */
    long add(long sample, long tick, long length) {
        if (sample >= value || tick - lastTick > length) {
            reset(sample, tick);
            return value;
        }
        if (sample >= nextValue) {
            nextValue = sample;
            nextTick = tick;
            forgetAfterNext();
        } else if (sample >= lastValue) {
            lastValue = sample;
            lastTick = tick;
        }
        age(sample, tick, length);
        return value;
    }

    private void age(long sample, long tick, long length) {
        if (tick - this.tick > length) {
            shift(sample, tick);
            if (tick - this.tick > length) {
                shift(sample, tick);
            }
        } else if (nextTick == this.tick && tick - nextTick > length / 4) {
            // Nothing came near the largest value for a quarter of the window: what comes from here on may have to follow it.
            nextValue = sample;
            nextTick = tick;
            forgetAfterNext();
        } else if (lastTick == nextTick && tick - lastTick > length / 2) {
            lastValue = sample;
            lastTick = tick;
        }
    }

    private void shift(long sample, long tick) {
        value = nextValue;
        this.tick = nextTick;
        nextValue = lastValue;
        nextTick = lastTick;
        lastValue = sample;
        lastTick = tick;
    }
}
