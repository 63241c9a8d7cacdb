package dev.braid.fastpath.device;

/** What an idle thread sleeps on: its devices and a doorbell. One thread awaits; any thread wakes. */
public interface Waiter extends AutoCloseable {
    /**
     * Sleeps until a device is readable, somebody wakes, or {@code timeoutNs} has passed. A wake that came since the last
     * {@link #prepare} is not lost: the call returns at once.
     *
     * @param timeoutNs nanoseconds, 0 to look only, {@link Deadlines#NONE} to wait for ever
     */
    void await(long timeoutNs);

    /** Announces that the caller will look for work once more and then await. */
    void prepare();

    /** Takes the announcement back: there was work. */
    void cancel();

    /** Makes the sleeper return; costs a plain read while nobody sleeps. */
    void wake();

    @Override
    void close();
}
