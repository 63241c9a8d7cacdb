package dev.braid.tools.capture;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import org.agrona.concurrent.UnsafeBuffer;

/** Anything in the capture ring: refused, or packets that lie within what the record brought. */
public final class CaptureRecordFuzz {
    private static final int ROOM = 1 << 16;
    private static final long PLACE = Memory.allocate(Arena.global(), ROOM, 64);
    private static final WireForm WIRE_FORM = new WireForm();
    private static final CaptureRecord RECORD = new CaptureRecord();

    private CaptureRecordFuzz() {}

    /** The input is the message. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        int length = Math.min(bytes.length, ROOM);
        Memory.copyIn(bytes, 0, PLACE, length);
        try {
            RECORD.read(new UnsafeBuffer(PLACE, length), 0, length);
        } catch (IllegalStateException refused) {
            return;
        }
        int[] packets = new int[1];
        boolean passed = WIRE_FORM.process(RECORD, packet -> {
            packets[0]++;
            check(packet);
            packet.release();
        });
        if (passed != packets[0] > 0) {
            throw new AssertionError(packets[0] + " packets, and it says " + passed);
        }
    }

    private static void check(Frame packet) {
        if (packet.length() <= 0 || packet.length() > RECORD.length) {
            throw new AssertionError("a packet of " + packet.length() + " bytes out of " + RECORD.length);
        }
    }
}
