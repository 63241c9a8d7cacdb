package dev.braid.tools.drill;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.stack.core.StackCore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client's host and clock: calls, packets and the passing of time, one after the other, each followed by everything it
 * leads to before it is answered.
 *
 * <p>On a virtual clock the stack takes time only from what it is told: whatever carries a later time first lets each deadline
 * up to there expire at its own moment.
 */
final class Session {
    private static final long MICRO_NS = 1_000;
    /** More deadlines than that within one message are a defect, not a script. */
    private static final int MOST_STEPS = 1_000_000;

    /** A call that waits for its answer. */
    private record Parked(int id, RecordChannel from, Reply.Waiting waiting) {}

    private final String token;
    private final DrillClock clock;
    private final Host host;
    private final Calls calls;
    private final ControlCommands control;
    private final List<Parked> parked = new ArrayList<>();
    private @Nullable String defect;
    private boolean closed;

    Session(Greeting greeting, DrillClock clock) {
        this.token = greeting.token();
        this.clock = clock;
        this.host = new Host(greeting, clock);
        this.calls = new Calls(host);
        this.control = new ControlCommands(host);
        host.core().reportDefectsTo((during, failure) -> defect = during + " ended in " + failure);
    }

    String token() {
        return token;
    }

    DrillClock clock() {
        return clock;
    }

    WireSide wire() {
        return host.wire();
    }

    /** The first defect of the stack that showed since it was last asked, or {@code null}. */
    @Nullable
    String takeDefect() {
        String found = defect;
        defect = null;
        return found;
    }

    // Calls.

    /** A call other than HELLO, CONTROL and BYE. */
    void onCall(CallRecord call, RecordChannel from) {
        arriveAt(call.timeUsecs());
        Reply reply = calls.perform(call, clock.nowNs());
        settle();
        switch (reply) {
            case Answer answer -> answer(call.id(), from, answer);
            case Reply.Waiting waiting -> {
                var waiter = new Parked(call.id(), from, waiting);
                parked.add(waiter);
                if (clock.isVirtual() && !call.mayBlock()) {
                    runUntilAnswered(waiter);
                }
            }
        }
    }

    /** packetdrill's main thread is waiting, so nothing but time can help. */
    private void runUntilAnswered(Parked waiter) {
        for (int steps = 0; parked.contains(waiter); steps++) {
            long dueNs = nextDeadlineNs();
            if (dueNs == Deadlines.NONE || steps == MOST_STEPS) {
                parked.remove(waiter);
                answer(waiter.id(), waiter.from(), waiter.waiting().expired().get());
                return;
            }
            step(dueNs);
        }
    }

    /** A command line of a script; see {@link ControlCommands}. */
    Answer onControl(CallRecord call) {
        refresh();
        Answer answer = control.run(call.text(), clock.nowNs());
        settle();
        return answer;
    }

    private void answer(int id, RecordChannel to, Answer answer) {
        to.send(answer.encode(id, clock.nowUsecs()));
    }

    // Packets.

    /** A packet arrives; DONE follows all it leads to. */
    void onInject(WireRecord packet, RecordChannel from) {
        arriveAt(packet.timeUsecs());
        Frame frame = host.wire().frame(packet.data());
        if (frame == null) {
            defect = "no frame for a packet of " + packet.data().remaining() + " bytes";
        } else {
            host.core().onFrame(frame, clock.nowNs());
        }
        settle();
        from.send(WireRecord.bare(WireRecord.DONE, packet.seq(), clock.nowUsecs()).encode());
    }

    /** Time passes until a frame leaves that the client has not seen, or the limit is reached. */
    void onWait(WireRecord wait, RecordChannel from) {
        int seen = wait.gso();
        long limitNs = wait.timeUsecs() * MICRO_NS;
        if (clock.isVirtual()) {
            for (int steps = 0; host.wire().emitted() <= seen && steps < MOST_STEPS; steps++) {
                long dueNs = nextDeadlineNs();
                if (dueNs > limitNs) {
                    break;
                }
                step(dueNs);
            }
        }
        from.send(WireRecord.bare(WireRecord.IDLE, wait.seq(), clock.nowUsecs()).encode());
    }

    // Time.

    /** On the real clock: lets what is due by now happen. */
    void refresh() {
        advanceTo(clock.readNs());
    }

    /** When something is due next; {@link Deadlines#NONE} = nothing is. */
    long nextDeadlineNs() {
        long next = host.core().nextDeadlineNs();
        for (Parked waiter : parked) {
            next = Math.min(next, waiter.waiting().deadlineNs());
        }
        return next;
    }

    private void arriveAt(long timeUsecs) {
        advanceTo(clock.isVirtual() ? timeUsecs * MICRO_NS : clock.readNs());
    }

    private void advanceTo(long untilNs) {
        long dueNs = nextDeadlineNs();
        for (int steps = 0; dueNs <= untilNs && steps < MOST_STEPS; steps++) {
            step(dueNs);
            dueNs = nextDeadlineNs();
        }
        clock.moveTo(untilNs);
    }

    private void step(long dueNs) {
        clock.moveTo(dueNs);
        host.core().onDeadline(clock.nowNs());
        settle();
    }

    /** Sends what became due, and answers the calls that can complete now; their own effects may let others complete. */
    private void settle() {
        StackCore core = host.core();
        core.flush(clock.nowNs());
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Iterator<Parked> each = parked.iterator(); each.hasNext();) {
                Parked waiter = each.next();
                Answer answer = waiter.waiting().attempt().attempt(clock.nowNs());
                if (answer == null && waiter.waiting().deadlineNs() <= clock.nowNs()) {
                    answer = waiter.waiting().expired().get();
                }
                if (answer != null) {
                    each.remove();
                    core.flush(clock.nowNs());
                    answer(waiter.id(), waiter.from(), answer);
                    progress = true;
                }
            }
        }
    }

    /** Ends the host; nothing more is sent. Idempotent. */
    void close() {
        if (!closed) {
            closed = true;
            parked.clear();
            host.close(clock.nowNs());
        }
    }
}
