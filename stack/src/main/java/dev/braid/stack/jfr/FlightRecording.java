package dev.braid.stack.jfr;

import dev.braid.fastpath.counters.Counters;
import java.util.List;
import java.util.function.Consumer;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/**
 * Lets a stack's connections be observed while, and only while, a recording runs that has one of the events enabled. A stack
 * without a recording has no observer, and the recorder is not initialised for its sake. Any thread.
 */
public final class FlightRecording implements FlightRecorderListener, AutoCloseable {
    private static final List<Class<? extends Event>> OBSERVED = List
            .of(ConnectionEvent.class, StateChangeEvent.class, LossEvent.class, RetransmissionEvent.class,
                    ListenOverflowEvent.class, MultipathConnectionEvent.class, SubflowEvent.class, FallbackEvent.class,
                    SubflowStaleEvent.class);

    private final Consumer<@Nullable Observers> observe;
    private final DropEvents drops;
    private boolean observing;
    private boolean periodic;
    private boolean closed;

    private FlightRecording(Consumer<@Nullable Observers> observe, DropEvents drops) {
        this.observe = observe;
        this.drops = drops;
    }

    /**
     * Begins to follow the recorder.
     *
     * @param stack the stack's name, for events that belong to no connection
     * @param observe hands observers, or {@code null}, to the core on the core's thread, in the order of the calls
     * @param counters where drops are counted
     */
    public static FlightRecording follow(
            String stack,
            Consumer<@Nullable Observers> observe,
            Counters counters) {
        var recording = new FlightRecording(observe, new DropEvents(stack, counters));
        if (FlightRecorder.isAvailable()) {
            FlightRecorder.addListener(recording);
        }
        return recording;
    }

    /** Called at once for a recorder that runs already. */
    @Override
    public void recorderInitialized(FlightRecorder recorder) {
        look();
    }

    @Override
    public void recordingStateChanged(Recording recording) {
        look();
    }

    private synchronized void look() {
        if (closed) {
            return;
        }
        boolean wanted = OBSERVED.stream().anyMatch(event -> EventType.getEventType(event).isEnabled());
        if (wanted != observing) {
            observing = wanted;
            observe.accept(wanted ? new Observers(new ConnectionEvents(), new MultipathEvents()) : null);
        }
        boolean counted = EventType.getEventType(DropEvent.class).isEnabled();
        if (counted != periodic) {
            periodic = counted;
            if (counted) {
                drops.begin();
                FlightRecorder.addPeriodicEvent(DropEvent.class, drops);
            } else {
                FlightRecorder.removePeriodicEvent(drops);
            }
        }
    }

    /** Follows no more; counters may go afterwards. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        FlightRecorder.removeListener(this);
        if (periodic) {
            drops.run();
            FlightRecorder.removePeriodicEvent(drops);
        }
    }
}
