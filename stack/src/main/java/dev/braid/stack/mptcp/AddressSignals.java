package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.mptcp.path.Announcement;
import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.tcp.SegmentKind;
import dev.braid.stack.tcp.UpperLayer.Stamping;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What this end tells the peer about its addresses (RFC 8684 section 3.4) and priorities (section 3.3.8): on pure ACKs, which it
 * demands, as many at once as options have room for. ADD_ADDR is said again until it is echoed. Core thread only.
 */
final class AddressSignals {
    /** As Linux. */
    private static final int MOST_RETRANSMISSIONS = 3;
    /** Pause behind two ACKs for signalling where no round trip was measured. */
    private static final long LEAST_PAUSE_NS = 10_000_000L;

    private final MptcpConnection connection;
    private final ConnectionPaths paths;
    private final List<AnnouncedAddress> announced = new ArrayList<>();
    /** What no subflow could be found for: for the next that is usable. */
    private final ArrayDeque<Signal> homeless = new ArrayDeque<>(0);
    private final WithdrawnIds withdrawn = new WithdrawnIds();

    AddressSignals(MptcpConnection connection, ConnectionPaths paths) {
        this.connection = connection;
        this.paths = paths;
    }

    // What is to be told.

    /** See {@link dev.braid.stack.mptcp.path.PathCommands#announce}. */
    boolean announce(int id, IpAddress address, int port, long nowNs) {
        for (AnnouncedAddress known : announced) {
            if (known.id == id && !known.address.equals(address)) {
                return false;
            }
        }
        forget(id, port);
        AnnouncedAddress fresh = new AnnouncedAddress(id, address, port);
        announced.add(fresh);
        if (withdrawn.holds(id)) {
            fresh.held = true;
            connection.layer.touch(connection);
        } else {
            say(fresh, nowNs);
        }
        return true;
    }

    /**
     * See {@link dev.braid.stack.mptcp.path.PathCommands#withdraw}.
     *
     * @param reason a code of {@link MptcpReason}
     */
    void withdraw(int[] ids, int reason) {
        int[] unsaid = Arrays.stream(ids).filter(withdrawn::begin).toArray();
        for (int id : ids) {
            announced.removeIf(known -> {
                known.gone |= known.id == id;
                return known.id == id;
            });
        }
        for (Subflow subflow : connection.subflows) {
            subflow.signals.removeIf(AddressSignals::isPointless);
        }
        homeless.removeIf(AddressSignals::isPointless);
        if (unsaid.length > 0) {
            add(new Signal.Withdraw(unsaid, reason));
        }
    }

    /**
     * A subflow starts from the address of this identifier, or is about to. That it was gone, where it is not told yet, is not told any
     * more: REMOVE_ADDR is to "terminate any subflows currently using that address" (RFC 8684 section 3.4.2), the new one, too.
     */
    void onUsed(int id) {
        for (Subflow subflow : connection.subflows) {
            subflow.signals.keep(id);
        }
        SignalQueue.keep(homeless, id);
        withdrawn.said(id);
    }

    /**
     * MP_PRIO has no address of its own (RFC 8684 section 3.3.8): it goes on the subflow that it is about.
     *
     * @param reason a code of {@link MptcpReason}
     */
    void priority(Subflow subflow, boolean backup, int reason) {
        subflow.signals.removeIf(signal -> signal instanceof Signal.Priority);
        subflow.signals.add(new Signal.Priority(backup, reason));
        connection.layer.touch(connection);
    }

    /** An ADD_ADDR came: says that it did, on the same subflow if it can. */
    void echo(Subflow on, int id, IpAddress address, int port) {
        Signal.Echo echo = new Signal.Echo(id, address, port);
        // A repeated announcement needs no second echo in the same ACK.
        on.signals.removeIf(echo::equals);
        if (on.usable() && echo.length() <= room(on)) {
            on.signals.add(echo);
            connection.layer.touch(connection);
        } else {
            add(echo);
        }
    }

    /** The peer has it. */
    void onEcho(int id, long hi, long lo, int port) {
        for (AnnouncedAddress known : announced) {
            if (known.is(id, hi, lo, port) && !known.echoed) {
                known.echoed = true;
                known.deadlineNs = Deadlines.NONE;
                paths.raise(new PathEvent.AnnouncementEchoed(known.snapshot()));
            }
        }
    }

    /** What is announced now. */
    List<Announcement> announcements() {
        return announced.stream().map(AnnouncedAddress::snapshot).toList();
    }

    /** The subflow is gone: what it had not said yet, another says. */
    void onSubflowGone(Subflow subflow) {
        for (Signal signal : subflow.signals.drain()) {
            if (!(signal instanceof Signal.Priority)) {
                homeless.add(signal);
            }
        }
    }

    // Options, called by the arbiter of a subflow's option space.

    /** Bytes wanted on the next segment; 0..{@code room}, a multiple of 4. */
    int reserve(Subflow subflow, SegmentKind kind, int room) {
        return kind == SegmentKind.ACK && !subflow.signals.isEmpty() ? subflow.signals.fitting(room) : 0;
    }

    /** Writes what {@link #reserve} promised, of which the queue is rid then. */
    int write(Subflow subflow, long address, int reserved) {
        int written = 0;
        for (Signal next = subflow.signals.next(); next != null
                && next.length() <= reserved - written; next = subflow.signals.next()) {
            subflow.signals.take();
            int length = writeOne(subflow, next, address + written);
            for (int end = SignalQueue.padded(next, reserved - written); length < end; length++) {
                Memory.put8(address + written + length, TcpOptions.KIND_NOP);
            }
            written += length;
        }
        if (!subflow.signals.isEmpty()) {
            connection.layer.touch(connection);
        }
        return written;
    }

    private int writeOne(Subflow subflow, Signal signal, long at) {
        MptcpCounters counters = connection.layer.counters;
        return switch (signal) {
            case Signal.Announce announce -> {
                counters.addAddrTx.increment();
                subflow.signalled = MptcpReason.of(PathDecision.ANNOUNCED);
                AnnouncedAddress own = announce.announced();
                own.waiting = false;
                long hmac = paths.announcementHmac(own);
                yield MptcpOptionWriter.writeAddAddr(
                        at, false, own.id, own.address.hi(), own.address.lo(), own.port, hmac);
            }
            case Signal.Echo echo -> {
                counters.echoAddTx.increment();
                yield MptcpOptionWriter.writeAddAddr(
                        at, true, echo.id(), echo.address().hi(), echo.address().lo(), echo.port(), 0);
            }
            case Signal.Withdraw withdraw -> {
                counters.rmAddrTx.add(withdraw.ids().length);
                said(withdraw);
                subflow.signalled = withdraw.reason();
                yield MptcpOptionWriter.writeRemoveAddr(at, withdraw.ids(), withdraw.ids().length);
            }
            case Signal.Priority priority -> {
                counters.mpPrioTx.increment();
                subflow.signalled = priority.reason();
                yield MptcpOptionWriter.writePrio(at, priority.backup());
            }
        };
    }

    // In the connection's work.

    /** Says again what was not echoed, and asks for the ACKs that carry what waits. */
    void work(long nowNs) {
        withdrawn.work(pauseNs(), nowNs);
        for (int i = 0; i < announced.size(); i++) {
            AnnouncedAddress known = announced.get(i);
            if (known.held && !withdrawn.holds(known.id)) {
                known.held = false;
                say(known, nowNs);
            } else if (nowNs >= known.deadlineNs) {
                if (known.retransmissions < MOST_RETRANSMISSIONS) {
                    known.retransmissions++;
                    say(known, nowNs);
                } else {
                    known.deadlineNs = Deadlines.NONE;
                    paths.raise(new PathEvent.AnnouncementUnheard(known.snapshot()));
                }
            }
        }
        for (Signal signal = homeless.peek(); signal != null && place(signal); signal = homeless.peek()) {
            homeless.remove();
        }
        for (int i = 0; i < connection.subflows.size(); i++) {
            Subflow subflow = connection.subflows.get(i);
            if (!subflow.signals.isEmpty() && subflow.signals.mayAsk(nowNs)) {
                subflow.signals.asked(Math.max(subflow.srttNs(), LEAST_PAUSE_NS), nowNs);
                subflow.tcb.demandPureAck();
            }
        }
    }

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        long next = withdrawn.deadlineNs();
        for (int i = 0; i < announced.size(); i++) {
            next = Math.min(next, announced.get(i).deadlineNs);
        }
        for (int i = 0; i < connection.subflows.size(); i++) {
            Subflow subflow = connection.subflows.get(i);
            if (!subflow.signals.isEmpty()) {
                next = Math.min(next, subflow.signals.notBeforeNs());
            }
        }
        return next;
    }

    private void say(AnnouncedAddress known, long nowNs) {
        known.deadlineNs = retransmissionNs(known, nowNs);
        if (!known.waiting) {
            known.waiting = true;
            add(new Signal.Announce(known));
        }
    }

    /** The longest of the subflows' retransmission timeouts, at most the tunable's, doubled each time. */
    private long retransmissionNs(AnnouncedAddress known, long nowNs) {
        long longest = 0;
        for (Subflow subflow : connection.subflows) {
            longest = Math.max(longest, subflow.rtoNs());
        }
        long most = connection.layer.config.addAddrTimeoutNs;
        long timeout = longest == 0 ? most : Math.min(longest, most);
        return timeout == 0 ? Deadlines.NONE : nowNs + (timeout << known.retransmissions);
    }

    private void add(Signal signal) {
        if (!place(signal)) {
            homeless.add(signal);
        }
        connection.layer.touch(connection);
    }

    /** Finds the subflow to say it on; answers {@code true} also for what can be said on none and is given up. */
    private boolean place(Signal signal) {
        if (isPointless(signal)) {
            return true;
        }
        Subflow best = null;
        int bestRank = 0;
        boolean anyUsable = false;
        for (Subflow subflow : connection.subflows) {
            if (!subflow.usable()) {
                continue;
            }
            anyUsable = true;
            int rank = rank(subflow, signal);
            if (signal.length() <= mostRoom(subflow) && rank > bestRank) {
                best = subflow;
                bestRank = rank;
            }
        }
        if (best != null) {
            best.signals.add(signal);
            return true;
        }
        if (anyUsable) {
            tooLong(signal);
        }
        return anyUsable;
    }

    /** No ACK has room for it: so many addresses were taken back at once. */
    private void tooLong(Signal signal) {
        if (signal instanceof Signal.Withdraw withdraw) {
            connection.layer.counters.rmAddrTxDrop.add(withdraw.ids().length);
            said(withdraw);
        }
    }

    private void said(Signal.Withdraw withdraw) {
        withdrawn.said(withdraw.ids());
        connection.layer.touch(connection);
    }

    /** The longest round trip of the subflows that may have brought it, nanoseconds. */
    private long pauseNs() {
        long longest = LEAST_PAUSE_NS;
        for (int i = 0; i < connection.subflows.size(); i++) {
            longest = Math.max(longest, connection.subflows.get(i).srttNs());
        }
        return longest;
    }

    /** Neither a silent subflow nor one that is about to lose its address is a good messenger; 1..3. */
    private static int rank(Subflow subflow, Signal signal) {
        if (subflow.stale()) {
            return 1;
        }
        if (signal instanceof Signal.Withdraw withdraw) {
            for (int id : withdraw.ids()) {
                if (subflow.localId() == id) {
                    return 2;
                }
            }
        }
        return 3;
    }

    private static boolean isPointless(Signal signal) {
        return signal instanceof Signal.Announce announce
                && (announce.announced().gone || announce.announced().echoed);
    }

    private void forget(int id, int port) {
        announced.removeIf(known -> {
            boolean same = known.id == id && known.port == port;
            known.gone |= same;
            return same;
        });
    }

    /**
     * How an ACK with what the subflow is to say first carries timestamps. An IPv6 address with a port has 30 bytes, just what is left
     * where timestamps go without the NOPs before them (RFC 8684 appendix A).
     */
    Stamping stamping(Subflow subflow) {
        Signal next = subflow.signals.next();
        if (next == null || next.length() <= room(subflow)) {
            return Stamping.ALIGNED;
        }
        boolean drops = connection.layer.config.addAddrV6PortDropTimestamps && next instanceof Signal.Announce;
        return drops ? Stamping.NONE : Stamping.PACKED;
    }

    /** Option bytes of a pure ACK that are free for signals beside packed timestamps: enough for any but REMOVE_ADDR. */
    private static int mostRoom(Subflow subflow) {
        return Tcp.MAX_OPTIONS - (subflow.tcb.timestamps() ? TcpOptionWriter.TIMESTAMPS_LENGTH : 0);
    }

    /** Option bytes of a pure ACK that are free for signals beside timestamps as they usually are. */
    private static int room(Subflow subflow) {
        return Tcp.MAX_OPTIONS - (subflow.tcb.timestamps() ? TcpOptionWriter.ALIGNED_TIMESTAMPS_LENGTH : 0);
    }
}
