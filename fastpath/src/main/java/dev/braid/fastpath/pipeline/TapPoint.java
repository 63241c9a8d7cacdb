package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.frame.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's taps hang. Off is {@code null}, and then a frame pays one load and one test.
 *
 * <p>Taps come and go on any thread while frames pass. A call that began before {@link #remove} may still be under way when it
 * returns.
 */
final class TapPoint {
    private final Counter receiveFailures;
    private final Counter transmitFailures;
    private List<FrameTap> taps = List.of();
    private volatile FrameTap @Nullable [] active;

    /**
     * Without taps.
     *
     * @param receiveFailures counts taps that threw on the receiving thread
     * @param transmitFailures counts taps that threw on the transmitting thread
     */
    TapPoint(Counter receiveFailures, Counter transmitFailures) {
        this.receiveFailures = receiveFailures;
        this.transmitFailures = transmitFailures;
    }

    synchronized void add(FrameTap tap) {
        var more = new ArrayList<>(taps);
        more.add(tap);
        use(more);
    }

    synchronized void remove(FrameTap tap) {
        var fewer = new ArrayList<>(taps);
        fewer.remove(tap);
        use(fewer);
    }

    private void use(List<FrameTap> present) {
        taps = present;
        active = present.isEmpty() ? null : present.toArray(new FrameTap[0]);
    }

    /** The receiving thread has a frame. */
    void onReceived(int device, Frame frame, long nowNs) {
        FrameTap[] present = active;
        if (present != null) {
            for (FrameTap tap : present) {
                try {
                    tap.onReceived(device, frame, nowNs);
                } catch (RuntimeException failure) {
                    takeOff(tap, failure, receiveFailures);
                }
            }
        }
    }

    /** The transmitting thread has a frame. */
    void onTransmitted(int device, Frame frame, long nowNs) {
        FrameTap[] present = active;
        if (present != null) {
            for (FrameTap tap : present) {
                try {
                    tap.onTransmitted(device, frame, nowNs);
                } catch (RuntimeException failure) {
                    takeOff(tap, failure, transmitFailures);
                }
            }
        }
    }

    /** Watching must not harm what is watched: a broken tap goes, the frame goes on. */
    private void takeOff(FrameTap tap, RuntimeException failure, Counter failures) {
        failures.increment();
        remove(tap);
        try {
            tap.onTakenOff(failure);
        } catch (RuntimeException again) {
            failures.increment();
        }
    }
}
