package dev.braid.stack.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** One core with one or more links, a clock that moves when told, and its output as bytes. Closing it looks for leaks. */
public final class CoreRig implements AutoCloseable {
    /** The address of the core that tests talk to. */
    public static final String HOST4 = "10.77.0.2";
    /** The address of whoever talks to it. */
    public static final String PEER4 = "10.77.0.1";
    public static final String HOST6 = "fd77::2";
    public static final String PEER6 = "fd77::1";

    private static final List<String> OUTCOMES_OF_A_DROP = List.of("Drop", "InHdrErrors", "InAddrErrors");

    public final Arena arena = Arena.ofConfined();
    public final FramePool frames = new FramePool(arena, 8192, 64, true);
    public final ChunkPool chunks = new ChunkPool(arena, 1 << 20, true);
    public final Counters counters = Counters.inMemory(arena, 1024);
    public final StackCore core;
    public long nowNs = 1_000_000_000L;
    private final List<byte[]> sent = new ArrayList<>();
    private final List<Integer> devices = new ArrayList<>();
    private final List<Integer> gsoSizes = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();

    public CoreRig(CoreConfig config, Link... links) {
        core = new StackCore(config, List.of(links), frames, chunks, counters, new Random(7)::nextLong, this::take);
        core.reportDefectsTo((during, defect) -> defects.add(during + ": " + defect));
    }

    public CoreRig() {
        this(CoreConfig.DEFAULT.plainTcp(), link(0, HOST4 + "/24", HOST6 + "/64"));
    }

    public static Link link(int index, String... addresses) {
        return link(index, 1500, addresses);
    }

    public static Link link(int index, int mtu, String... addresses) {
        return new Link(index, "sim" + index, Stream.of(addresses).map(Prefix::parse).toList(), mtu, 0);
    }

    private void take(Frame frame) {
        byte[] bytes = bytes(frame);
        sent.add(bytes);
        devices.add(frame.device());
        gsoSizes.add(frame.gsoSize());
        frame.release();
    }

    /** The whole packet in a frame. */
    public byte[] bytes(Frame frame) {
        byte[] bytes = new byte[frame.length()];
        try (Arena scratch = Arena.ofConfined()) {
            long at = Memory.allocate(scratch, Math.max(1, bytes.length), 8);
            frame.copyTo(at);
            Memory.copyOut(at, bytes, 0, bytes.length);
        }
        return bytes;
    }

    /** A frame of the rig's own pool with these bytes. */
    public Frame frame(byte[] packet) {
        Frame frame = frames.take(packet.length);
        frame.resize(packet.length);
        Memory.copyIn(packet, 0, frame.data(), packet.length);
        return frame;
    }

    /** Lets the packet arrive by link 0. */
    public CoreRig receive(byte[] packet) {
        return receive(packet, 0);
    }

    public CoreRig receive(byte[] packet, int device) {
        return receive(frame(packet).device(device));
    }

    public CoreRig receive(Frame frame) {
        core.onFrame(frame, nowNs);
        core.flush(nowNs);
        return this;
    }

    /** Moves the clock and lets deadlines expire. */
    public CoreRig after(long ns) {
        nowNs += ns;
        core.onDeadline(nowNs);
        core.flush(nowNs);
        return this;
    }

    /** What was sent and not looked at yet. */
    public List<byte[]> sent() {
        List<byte[]> copy = List.copyOf(sent);
        sent.clear();
        return copy;
    }

    /** The one packet that was sent. */
    public byte[] reply() {
        List<byte[]> packets = sent();
        assertThat(packets).as("packets sent").hasSize(1);
        return packets.getFirst();
    }

    /** The devices of all frames sent so far. */
    public List<Integer> devices() {
        return devices;
    }

    /** The segment sizes of all frames sent so far, 0 for those that are one packet. */
    public List<Integer> gsoSizes() {
        return gsoSizes;
    }

    /** Descriptions of the defects reported so far, which are then forgotten. */
    public List<String> defects() {
        List<String> copy = List.copyOf(defects);
        defects.clear();
        return copy;
    }

    public long counter(String name) {
        return counters.value(name);
    }

    /** The counters whose names tell of a drop or an error and that are not zero. */
    public List<String> drops() {
        var found = new ArrayList<String>();
        counters.forEach((name, value) -> {
            if (value != 0 && OUTCOMES_OF_A_DROP.stream().anyMatch(name::contains)) {
                found.add(name + "=" + value);
            }
        });
        return found;
    }

    /** Lets the packet arrive and expects silence, exactly these drop counters, and no frame left behind. */
    public void refuses(byte[] packet, String... drops) {
        List<String> before = drops();
        receive(packet);
        assertThat(sent()).as("packets sent").isEmpty();
        expectDrops(before, drops);
        assertThat(frames.inUse()).as("frames in use").isZero();
    }

    /** Lets the packet arrive and expects it to be dropped under these counters, one answer, and no frame left behind. */
    public byte[] refusesAloud(byte[] packet, String... drops) {
        List<String> before = drops();
        receive(packet);
        expectDrops(before, drops);
        assertThat(frames.inUse()).as("frames in use").isZero();
        return reply();
    }

    private void expectDrops(List<String> before, String... drops) {
        assertThat(before).isEmpty();
        assertThat(drops()).containsExactlyInAnyOrder(
                Arrays.stream(drops).map(name -> name + "=1").toArray(String[]::new));
    }

    @Override
    public void close() {
        core.close(nowNs);
        assertThat(defects).as("defects").isEmpty();
        assertThat(frames.leaks()).as("frames").isEmpty();
        assertThat(chunks.leaks()).as("chunks").isEmpty();
        assertThat(core.incompleteDatagrams()).as("incomplete datagrams").isZero();
        arena.close();
    }
}
