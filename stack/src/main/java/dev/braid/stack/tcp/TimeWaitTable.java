package dev.braid.stack.tcp;

import dev.braid.fastpath.flow.FlowTable;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.timer.Timed;
import dev.braid.stack.timer.WheelEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections in TIME-WAIT (RFC 9293 section 3.6.1), as small reused entries in the order in which they came: all stay equally
 * long, so one timer suffices, also when net.braid.tcp_time_wait_ms changes meanwhile. Bounded; the oldest makes room.
 */
final class TimeWaitTable implements Timed {
    /** At most one answer per entry in this time: two ends that disagree must not keep each other busy. */
    private static final long ANSWER_INTERVAL_NS = 500_000_000L;

    private final TcpLayer layer;
    private final FlowTable<TimeWaitEntry> entries;
    private final WheelEntry entry = new WheelEntry(this);
    private long nextSerial;
    /** The stay that the timer was set for. */
    private long stayNs;
    private @Nullable TimeWaitEntry oldest;
    private @Nullable TimeWaitEntry youngest;
    private @Nullable TimeWaitEntry free;

    TimeWaitTable(TcpLayer layer, long key0, long key1) {
        this.layer = layer;
        this.entries = new FlowTable<>(key0, key1, 64);
    }

    int size() {
        return entries.size();
    }

    /** Takes over from a TCB whose last FIN is acknowledged, and which is out of the flow table. */
    void add(Tcb tcb, long nowNs) {
        for (TimeWaitEntry first = oldest; first != null
                && entries.size() >= layer.config.maxTimeWait; first = oldest) {
            layer.counters.timeWaitOverflow.increment();
            remove(first);
        }
        TimeWaitEntry made = take();
        made.scope = tcb.scope;
        made.localHi = tcb.localHi;
        made.localLo = tcb.localLo;
        made.remoteHi = tcb.remoteHi;
        made.remoteLo = tcb.remoteLo;
        made.localPort = tcb.localPort;
        made.remotePort = tcb.remotePort;
        made.sndNxt = tcb.sndNxt;
        made.rcvNxt = tcb.rcvNxt;
        made.window = ReceiveWindow.field(tcb, tcb.rcvWndShift);
        made.timestamps = tcb.timestamps;
        made.tsRecent = tcb.tsRecent;
        made.tsOffset = tcb.tsOffset;
        made.answeredNs = nowNs - ANSWER_INTERVAL_NS;
        entries.insert(
                made.scope,
                Protocol.TCP,
                made.localHi,
                made.localLo,
                made.remoteHi,
                made.remoteLo,
                made.localPort,
                made.remotePort,
                made);
        append(made, nowNs);
    }

    @Nullable
    TimeWaitEntry lookup(
            int scope, long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort) {
        return entries.size() == 0
                ? null
                : entries.lookup(scope, Protocol.TCP, localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
    }

    /**
     * A segment arrives in TIME-WAIT.
     *
     * @param reopens somebody would take a new connection of this tuple: without, a forged SYN could end TIME-WAIT
     * @return true when it is a SYN that may open a new connection of this tuple: the entry is gone
     */
    boolean input(TimeWaitEntry entry, TcpSegment segment, boolean reopens, long nowNs) {
        if (segment.has(Tcp.RST)) {
            // RFC 1337 section 3: a reset must not end TIME-WAIT ("assassination").
            layer.counters.dropTimeWait.increment();
            return false;
        }
        TcpOptions options = segment.options;
        boolean stamped = entry.timestamps && options.has(TcpOptions.TIMESTAMPS);
        boolean oldStamp = stamped && Seq.lessThan(options.tsVal(), entry.tsRecent);
        if (reopens && segment.has(Tcp.SYN) && !segment.has(Tcp.ACK) && newer(entry, segment, stamped)) {
            layer.counters.timeWaitRecycled.increment();
            remove(entry);
            return true;
        }
        int end = segment.seq + segment.seqLength();
        if (!oldStamp && segment.has(Tcp.FIN) && end == entry.rcvNxt) {
            // "The only thing that can arrive in this state is a retransmission of the remote FIN. Acknowledge it, and restart
            // the 2 MSL timeout."
            unlink(entry);
            append(entry, nowNs);
        } else if (segment.seqLength() == 0 && segment.seq == entry.rcvNxt && !oldStamp) {
            layer.counters.dropTimeWait.increment();
            return false;
        }
        if (nowNs - entry.answeredNs >= ANSWER_INTERVAL_NS || segment.has(Tcp.FIN)) {
            entry.answeredNs = nowNs;
            layer.resets.acknowledge(segment, entry, nowNs);
        }
        return false;
    }

    /** RFC 6191 section 2: a SYN with a greater timestamp, or at least a greater sequence number, is a new connection's. */
    private static boolean newer(TimeWaitEntry entry, TcpSegment segment, boolean stamped) {
        if (stamped && segment.options.tsVal() != entry.tsRecent) {
            return Seq.lessThan(entry.tsRecent, segment.options.tsVal());
        }
        return Seq.lessThan(entry.rcvNxt, segment.seq);
    }

    /** Forgets all. */
    void clear() {
        for (TimeWaitEntry first = oldest; first != null; first = oldest) {
            remove(first);
        }
    }

    /**
     * Shows connections in the order in which their stay began.
     *
     * @param after where the last call ended, {@link Long#MIN_VALUE} to begin
     * @return where this one ended
     */
    long list(List<TcpInfo> into, long after, int most, long nowNs) {
        long last = after;
        int left = most;
        for (TimeWaitEntry next = oldest; next != null && left > 0; next = next.next) {
            if (next.serial > after) {
                into.add(info(next, nowNs));
                last = next.serial;
                left--;
            }
        }
        return last;
    }

    private TcpInfo info(TimeWaitEntry entry, long nowNs) {
        var info = new TcpInfo();
        info.state = TcpState.TIME_WAIT;
        info.local = new IpAddress(entry.localHi, entry.localLo);
        info.localPort = entry.localPort;
        info.remote = new IpAddress(entry.remoteHi, entry.remoteLo);
        info.remotePort = entry.remotePort;
        info.timestamps = entry.timestamps;
        info.orphaned = true;
        info.timer = TcpInfo.TIMER_TIME_WAIT;
        info.timerNs = Math.max(0, entry.sinceNs + stayNs - nowNs);
        return info;
    }

    @Override
    public void onDeadline(long nowNs) {
        for (TimeWaitEntry first = oldest; first != null && first.sinceNs + stayNs <= nowNs; first = oldest) {
            remove(first);
        }
        arm();
    }

    private void remove(TimeWaitEntry gone) {
        entries.remove(
                gone.scope,
                Protocol.TCP,
                gone.localHi,
                gone.localLo,
                gone.remoteHi,
                gone.remoteLo,
                gone.localPort,
                gone.remotePort);
        unlink(gone);
        gone.next = free;
        free = gone;
        if (oldest == null) {
            layer.wheel.cancel(entry);
        }
    }

    private TimeWaitEntry take() {
        TimeWaitEntry reused = free;
        if (reused == null) {
            return new TimeWaitEntry();
        }
        free = reused.next;
        reused.next = null;
        return reused;
    }

    private void append(TimeWaitEntry added, long nowNs) {
        added.serial = nextSerial++;
        added.sinceNs = nowNs;
        TimeWaitEntry last = youngest;
        added.previous = last;
        if (last == null) {
            oldest = added;
        } else {
            last.next = added;
        }
        youngest = added;
        arm();
    }

    private void unlink(TimeWaitEntry gone) {
        TimeWaitEntry before = gone.previous;
        TimeWaitEntry after = gone.next;
        if (before == null) {
            oldest = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            youngest = before;
        } else {
            after.previous = before;
        }
        gone.previous = null;
        gone.next = null;
    }

    /** The stay may have been changed: it counts for those too that are here already. */
    void followConfig() {
        if (stayNs != layer.config.timeWaitNs) {
            arm();
        }
    }

    private void arm() {
        TimeWaitEntry first = oldest;
        stayNs = layer.config.timeWaitNs;
        if (first != null) {
            layer.wheel.schedule(entry, first.sinceNs + stayNs);
        }
    }
}
