package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Seq;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcbProbe;
import java.lang.foreign.Arena;

/** What uses one socket of the fuzzed core: it knows which bytes it must read, whatever was sent. */
final class FuzzedApplication {
    private static final int SCRATCH_BYTES = 64 << 10;
    private static final long SCRATCH = Memory.allocate(Arena.global(), SCRATCH_BYTES, 64);

    final StreamSocket socket;
    private long written;
    private boolean reads;
    private int nextSeq;
    private int edge;
    private boolean hasEdge;

    FuzzedApplication(StreamSocket socket) {
        this.socket = socket;
    }

    void send(int length, int flags, long nowNs) {
        for (int i = 0; i < length; i++) {
            Memory.put8(SCRATCH + i, FuzzedFlow.byteAt((int) written + i));
        }
        int taken = socket.send(SCRATCH, length, flags, nowNs);
        require(taken <= length, "took more than was there");
        written += Math.max(0, taken);
    }

    void receive(int length, int flags, boolean peek, long nowNs) {
        begin();
        int got = socket.recv(SCRATCH, length, flags, nowNs);
        require(got <= length, "read more than was asked for");
        if (got > 0) {
            checkBytes(SCRATCH, got);
            nextSeq += peek ? 0 : got;
        }
    }

    /** Takes a frame as the channels do. */
    void take(long nowNs) {
        begin();
        Frame frame = socket.takeReceived();
        if (frame != null) {
            int length = frame.linearLength() - frame.payloadOffset();
            int trueSize = frame.trueSize();
            checkBytes(frame.data() + frame.payloadOffset(), length);
            nextSeq += length;
            frame.release();
            socket.consumed(length, trueSize, nowNs);
        }
    }

    private void begin() {
        Tcb tcb = socket.tcb();
        if (!reads && tcb != null && socket.isConnected()) {
            reads = true;
            nextSeq = TcbProbe.irs(tcb) + 1;
        }
    }

    private void checkBytes(long address, int length) {
        for (int i = 0; i < length; i++) {
            if (Memory.u8(address + i) != FuzzedFlow.byteAt(nextSeq + i)) {
                throw new AssertionError("read byte " + i + " of " + length + " otherwise than it was sent");
            }
        }
    }

    /** What holds after every step. */
    void check() {
        Tcb tcb = socket.tcb();
        if (tcb == null) {
            hasEdge = false;
            return;
        }
        String complaint = TcbProbe.complaint(tcb);
        require(complaint.isEmpty(), complaint);
        if (!socket.isConnected()) {
            return;
        }
        int now = TcbProbe.rcvAdv(tcb);
        require(!hasEdge || Seq.lessOrEqual(edge, now), "the window shrank");
        edge = now;
        hasEdge = true;
    }
}
