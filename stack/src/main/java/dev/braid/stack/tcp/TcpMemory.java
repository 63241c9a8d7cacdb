package dev.braid.stack.tcp;

import dev.braid.fastpath.counters.Counter;

/**
 * What all connections of one core pin together, in true bytes, against net.ipv4.tcp_mem: above its second number and until it is
 * below the first no buffer grows and windows stay small, at the third new data waits or is dropped.
 *
 * <p>Received data lies in the very frames that it came in, so it is bounded by the frame pool besides: a quarter of the pool
 * stays free for what arrives, acknowledgements above all, since they free memory. Core thread only.
 */
public final class TcpMemory {
    private final TcpConfig config;
    private final Counter pressures;
    private final long receiveMax;
    private final long receivePressure;
    private final long receiveLow;
    private long received;
    private long queued;
    private boolean pressure;
    private boolean exhausted;

    /**
     * An account of nothing.
     *
     * @param poolBytes memory that frames of one class can hold, the smaller class's
     * @param pressures counts how often pressure began
     */
    TcpMemory(TcpConfig config, long poolBytes, Counter pressures) {
        this.config = config;
        this.pressures = pressures;
        receiveMax = poolBytes / 4 * 3;
        receivePressure = receiveMax / 3 * 2;
        receiveLow = receiveMax / 2;
    }

    /** Received data pins so much more, or less. */
    public void received(long delta) {
        received += delta;
        settle(delta);
    }

    /** Data to be sent pins so much more, or less. */
    public void queued(long delta) {
        queued += delta;
        settle(delta);
    }

    /** Without pressure, what is given back changes nothing. */
    private void settle(long delta) {
        long used = received + queued;
        if (pressure || (delta > 0 && (used > config.memPressure || received > receivePressure))) {
            weigh(used);
        }
    }

    private void weigh(long used) {
        boolean before = pressure;
        pressure = before
                ? used > config.memLow || received > receiveLow
                : used > config.memPressure || received > receivePressure;
        if (pressure && !before) {
            pressures.increment();
        }
        exhausted = pressure && (used >= config.memMax || received >= receiveMax);
    }

    /** No buffer grows, windows are small, and what can be fetched again makes room. */
    public boolean underPressure() {
        return pressure;
    }

    /** Only what each connection is guaranteed is taken. */
    public boolean isExhausted() {
        return exhausted;
    }

    /** Bytes that may be received before it comes to pressure; 0 or more. */
    public long receiveRoom() {
        return Math.max(0, Math.min(config.memPressure - received - queued, receivePressure - received));
    }

    /** Bytes pinned by received data. */
    public long receivedBytes() {
        return received;
    }

    /** Bytes pinned by data to be sent. */
    public long queuedBytes() {
        return queued;
    }
}
