package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.testing.fuzz.FuzzInput;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An echo request in fragments, cut anywhere, in any order, some twice: it is answered, and more than once only when enough of
 * it came twice to make another. With fragments among them that
 * contradict the others it need not be, but nothing else may happen.
 */
public final class ReassemblyFuzz {
    private static final int MOST_DATA = 1_200;
    private static final int MOST_STEPS = 64;
    private static final long SCRATCH = Memory.allocate(Arena.global(), 70_000, 8);

    private final FuzzInput input;
    private final boolean v4;
    private final List<byte[]> answers = new ArrayList<>();
    private final FuzzedCore core;
    private boolean hostile;

    private ReassemblyFuzz(FuzzInput input) {
        this.input = input;
        this.v4 = input.flag();
        this.core = new FuzzedCore(CoreConfig.with(config -> {
            config.ipFragTimeNs = 1_000_000_000L;
            config.ipFragHighThresh = 1 << 17;
            config.ipFragMaxDatagrams = 4;
            config.ipFragMaxFragments = 40;
        }), this::answered);
    }

    /** The input is the version, the size, the cuts, and the order in which the pieces come. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        new ReassemblyFuzz(new FuzzInput(bytes)).run();
    }

    private void answered(Frame frame) {
        byte[] bytes = new byte[frame.length()];
        frame.copyTo(SCRATCH);
        Memory.copyOut(SCRATCH, bytes, 0, bytes.length);
        int ip = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        boolean reply = (bytes[ip] & 0xff) == (v4 ? Icmpv4.ECHO_REPLY : Icmpv6.ECHO_REPLY);
        if (reply) {
            answers.add(Arrays.copyOfRange(bytes, ip + 8, bytes.length));
        }
    }

    private void run() {
        byte[] data = PacketBytes.pattern(input.u16() % MOST_DATA);
        byte[] datagram = base().echo(1, 1, data).transport();
        List<int[]> pieces = cut(datagram.length);
        for (int steps = 0; steps < MOST_STEPS && !pieces.isEmpty(); steps++) {
            int how = input.u8();
            int[] piece = pieces.get((how & 31) % pieces.size());
            if (how >= 0xe0) {
                hostile = true;
                contradict(datagram, piece);
            } else {
                deliver(datagram, piece[0], piece[1], piece[1] < datagram.length);
                if (how < 0xc0) {
                    pieces.remove(piece);
                }
            }
            core.check();
        }
        if (!hostile && pieces.isEmpty()) {
            require(!answers.isEmpty(), "no answer");
        }
        for (byte[] answer : answers) {
            require(hostile || Arrays.equals(answer, data), "another datagram");
        }
        core.runDry();
    }

    private PacketBytes base() {
        return v4
                ? PacketBytes.packet(FuzzedCore.PEER4.toString(), FuzzedCore.HOST4.toString())
                : PacketBytes.packet(FuzzedCore.PEER6.toString(), FuzzedCore.HOST6.toString());
    }

    private List<int[]> cut(int length) {
        var pieces = new ArrayList<int[]>();
        int at = 0;
        while (at < length) {
            int end = Math.min(length, at + 8 * (1 + input.u8()));
            // The last of the pieces that are allowed takes the rest.
            end = pieces.size() == 30 ? length : end;
            pieces.add(new int[] {at, end});
            at = end;
        }
        if (pieces.size() == 1) {
            int middle = Math.min(length, 8);
            pieces.set(0, new int[] {0, middle});
            if (middle < length) {
                pieces.add(new int[] {middle, length});
            }
        }
        return pieces;
    }

    private void contradict(byte[] datagram, int[] piece) {
        byte[] other = datagram.clone();
        int what = input.u8();
        if ((what & 1) != 0) {
            other[piece[0]] ^= 1;
        }
        int from = (what & 2) != 0 ? Math.max(0, piece[0] - 8) : piece[0];
        int to = (what & 4) != 0 ? Math.min(datagram.length, piece[1] + 8) : piece[1];
        boolean more = (what & 8) != 0 != (to < datagram.length);
        if (from < to) {
            deliver(other, from, to, more);
        }
    }

    private void deliver(byte[] datagram, int from, int to, boolean more) {
        byte[] packet = base()
                .protocol(v4 ? 1 : 58)
                .fragment(77, from, more)
                .payload(Arrays.copyOfRange(datagram, from, to))
                .build();
        Frame frame = core.frame(packet);
        if (frame != null) {
            core.receive(frame);
        }
    }
}
