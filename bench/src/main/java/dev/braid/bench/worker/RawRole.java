package dev.braid.bench.worker;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.tundriver.poll.Poller;
import dev.braid.tundriver.tun.Tun;
import dev.braid.tundriver.tun.TunOptions;
import dev.braid.tundriver.tun.TunQueue;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * The limit: one thread that reads and writes a TUN and speaks just enough TCP to keep the kernel's going. It trusts every
 * frame, copies no payload, answers a batch by one ACK a connection, has no options but MSS and window scale, and repairs a loss by
 * starting again at the first byte that is not acknowledged.
 */
final class RawRole implements Worker.Role {
    private static final int FRAME = TunQueue.HEADER_BYTES + 65_536;
    /** Frames read before they are answered. */
    private static final int READS = 4;
    /** Frames sent on one connection before the next one's turn. */
    private static final int WRITES = 4;
    private static final long REPAIR_NS = 200_000_000L;
    private static final int PORTS = 1 << 16;
    private static final int WINDOW_SCALE_OPTION = 3;

    private final Tally tally = new Tally();
    private final Poller poller = Poller.open();
    private final Arena arena = Arena.ofShared();
    private final long frame = Memory.allocate(arena, FRAME, 64);
    private final @Nullable RawConnection[] connections = new RawConnection[PORTS];
    private final RawConnection[] touched = new RawConnection[READS];
    private final RawConnection[] sending = new RawConnection[Services.MANY];
    private final TunQueue queue;
    private final RawOutput output;
    private int touches;
    private int senders;
    private int nextIss = 1;

    RawRole(Message description) {
        boolean offloads = description.flag("offloads");
        TunOptions options = TunOptions.named(description.text("tun"));
        queue = Tun.open(options.offloads(offloads ? TunOptions.ALL_OFFLOADS : 0)).queue();
        output = new RawOutput(arena, queue, offloads);
        poller.add(queue.descriptor(), 0);
        Thread.ofPlatform().daemon().name("raw").start(this::run);
    }

    private void run() {
        while (true) {
            long nowNs = System.nanoTime();
            int work = read(nowNs);
            for (int i = 0; i < touches; i++) {
                acknowledge(touched[i]);
            }
            touches = 0;
            for (int i = senders - 1; i >= 0; i--) {
                work += send(i, nowNs);
            }
            if (work == 0) {
                poller.await(senders == 0 ? Long.MAX_VALUE : REPAIR_NS);
            }
        }
    }

    private int read(long nowNs) {
        for (int reads = 0; reads < READS; reads++) {
            int bytes = queue.receive(frame, FRAME);
            if (bytes <= 0) {
                return reads;
            }
            long ip = frame + TunQueue.HEADER_BYTES;
            if (Ipv4.version(ip) == 4 && Ipv4.protocol(ip) == Protocol.TCP) {
                arrive(ip, nowNs);
            }
        }
        return READS;
    }

    private void arrive(long ip, long nowNs) {
        long tcp = ip + Ipv4.headerLength(ip);
        int header = Tcp.dataOffset(tcp);
        int length = Ipv4.totalLength(ip) - Ipv4.headerLength(ip) - header;
        int flags = Tcp.flags(tcp);
        int remotePort = Tcp.srcPort(tcp);
        if ((flags & (Tcp.SYN | Tcp.RST)) != 0) {
            forget(remotePort);
            if ((flags & Tcp.SYN) != 0) {
                open(ip, tcp);
            }
            return;
        }
        RawConnection c = connections[remotePort];
        if (c == null || c.localPort != Tcp.dstPort(tcp)) {
            return;
        }
        output.address(ip);
        c.acknowledge(Tcp.ack(tcp), Tcp.window(tcp), nowNs);
        boolean expected = Tcp.seq(tcp) == c.rcvNxt;
        if (length > 0) {
            touch(c);
            if (expected) {
                deliver(c, tcp + header, length, nowNs);
            }
        }
        if ((flags & Tcp.FIN) != 0 && expected && !c.peerFinished) {
            c.rcvNxt++;
            c.peerFinished = true;
            touch(c);
            if (c.localPort != Services.CHARGEN && !c.finished) {
                finish(c);
            }
        }
        if (c.isOver()) {
            acknowledge(c);
            forget(remotePort);
        }
    }

    private void open(long ip, long tcp) {
        var c = new RawConnection(Tcp.dstPort(tcp), Tcp.srcPort(tcp), Ipv4.src(ip), windowScale(tcp), nextIss,
                Tcp.seq(tcp));
        nextIss += 64_000;
        connections[c.remotePort] = c;
        output.address(ip);
        output.synAck(c);
    }

    private static int windowScale(long tcp) {
        long end = tcp + Tcp.dataOffset(tcp);
        for (long at = tcp + Tcp.MIN_HEADER; at < end && Memory.u8(at) != 0;) {
            int kind = Memory.u8(at);
            if (kind == WINDOW_SCALE_OPTION) {
                return Memory.u8(at + 2);
            }
            at += kind == 1 ? 1 : Math.max(2, Memory.u8(at + 1));
        }
        return 0;
    }

    private void deliver(RawConnection c, long payload, int length, long nowNs) {
        c.rcvNxt += length;
        switch (c.localPort) {
            case Services.ECHO -> {
                // The echo acknowledges.
                output.data(c, payload, length);
                c.ackDue = false;
            }
            case Services.CHARGEN -> {
                c.sendUntilNs = nowNs + Memory.i64(payload) * 1_000_000;
                c.progressNs = nowNs;
                sending[senders++] = c;
            }
            default -> {
                c.wrong |= tally.verify && !Pattern.matches(payload, length, c.received);
                c.received += length;
            }
        }
    }

    /** Sends on the {@code i}th sender what its window takes. */
    private int send(int i, long nowNs) {
        RawConnection c = sending[i];
        if (c.sndUna != c.sndNxt && nowNs - c.progressNs > REPAIR_NS) {
            c.repeat();
            c.progressNs = nowNs;
        }
        int frames = 0;
        for (; frames < WRITES && c.room() > 0 && nowNs - c.sendUntilNs < 0; frames++) {
            int length = Math.min(output.maxPayload(), c.room());
            output.data(c, Pattern.address(c.sent), length);
            c.sent += length;
        }
        if (!c.finished && nowNs - c.sendUntilNs >= 0) {
            finish(c);
            return 1;
        }
        return frames;
    }

    private void finish(RawConnection c) {
        account(c);
        c.finSeq = c.sndNxt;
        c.finished = true;
        output.segment(c, Tcp.FIN | Tcp.ACK);
        c.sndNxt++;
        c.ackDue = false;
    }

    private void touch(RawConnection c) {
        if (!c.ackDue) {
            c.ackDue = true;
            if (touches < touched.length) {
                touched[touches++] = c;
            }
        }
    }

    private void acknowledge(RawConnection c) {
        if (c.ackDue) {
            c.ackDue = false;
            output.segment(c, Tcp.ACK);
        }
    }

    /** Before the FIN leaves: when the client sees it, it asks. */
    private void account(RawConnection c) {
        if (c.accounted) {
            return;
        }
        c.accounted = true;
        tally.sent.addAndGet(c.sent);
        tally.received.addAndGet(c.received);
        if (c.wrong) {
            tally.wrong.incrementAndGet();
        }
    }

    private void forget(int remotePort) {
        RawConnection c = connections[remotePort];
        connections[remotePort] = null;
        for (int i = 0; i < senders; i++) {
            if (c == sending[i]) {
                sending[i] = sending[--senders];
                return;
            }
        }
    }

    @Override
    public Message order(Message order) {
        return tally.order(order);
    }

    @Override
    public void close() {
        // Device and thread end with the process.
    }
}
