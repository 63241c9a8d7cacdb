package dev.braid.tools.control;

import java.util.ArrayList;
import java.util.List;

/** One client's connection, for requests whose work lasts as long as the client does. Any thread. */
public final class ControlSession {
    private final List<Runnable> duties = new ArrayList<>();
    private boolean over;

    ControlSession() {}

    /** Runs {@code duty} once the client has gone, however it went: at once when it is gone already. */
    public void whenOver(Runnable duty) {
        synchronized (this) {
            if (!over) {
                duties.add(duty);
                return;
            }
        }
        duty.run();
    }

    /** The client has gone. */
    void end() {
        List<Runnable> due;
        synchronized (this) {
            over = true;
            due = List.copyOf(duties);
            duties.clear();
        }
        due.forEach(Runnable::run);
    }
}
