package dev.braid.tools.kernel.mptcp;

import static dev.braid.tools.kernel.mptcp.Counts.counted;
import static dev.braid.tools.kernel.mptcp.Counts.countedAtLeastOnce;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEdit.Scope;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.tools.kernel.Streams;
import dev.braid.tools.kernel.mptcp.BoxBetween.Pair;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fallback that a box on the way brings about (RFC 8684 section 3.7), by Braid and the kernel, and by the kernel alone for comparison. */
@Tag("kernel")
@Timeout(60)
class BoxesTest {
    private static final SegmentEdit NOTHING = segment -> false;
    private static final long BYTES = 400_000;

    @ParameterizedTest
    @EnumSource
    void aStrippedSynAckLeavesPlainTcp(Pair pair) throws Exception {
        try (var between = new BoxBetween(pair, NOTHING, strips(Scope.SYN))) {
            try (var talk = begin(between)) {
                talk.exchange(BYTES);
                isPlain(between, talk);
                talk.finish();
            }
            counted(between.client, "MPTcpExtMPCapableFallbackSYNACK", 1);
            counted(between.server, "MPTcpExtMPCapableFallbackACK", 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStrippedThirdPacketLeavesPlainTcp(Pair pair) throws Exception {
        try (var between = new BoxBetween(pair, strips(Scope.NOT_SYN), NOTHING)) {
            try (var talk = begin(between)) {
                talk.exchange(BYTES);
                isPlain(between, talk);
                talk.finish();
            }
            counted(between.client, "MPTcpExtMPCapableSYNACKRX", 1);
            counted(between.server, "MPTcpExtMPCapableFallbackACK", 1);
            // The kernel has a name of its own for the client that finds no option on the first data.
            counted(between.client, between.client instanceof BraidHost
                    ? "MPTcpExtDssFallback"
                    : "MPTcpExtMPCapableDataFallback", 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void optionsStrippedMidwayLeavePlainTcpAndEveryByte(Pair pair) throws Exception {
        var begun = new AtomicBoolean();
        SegmentEdit strips = strips(Scope.NOT_SYN);
        SegmentEdit midway = segment -> begun.get() && strips.edit(segment);
        try (var between = new BoxBetween(pair, midway, midway)) {
            try (var talk = begin(between)) {
                talk.exchange(BYTES);
                isMultipath(between, talk);
                begun.set(true);
                talk.exchange(BYTES);
                isPlain(between, talk);
                talk.finish();
            }
            counted(between.client, "MPTcpExtDssFallback", 1);
            counted(between.server, "MPTcpExtDssFallback", 1);
            counted(between.client, "MPTcpExtFallbackFailed", 0);
            counted(between.server, "MPTcpExtFallbackFailed", 0);
        }
    }

    /**
     * The kernel finds that a box has changed what it received from Braid. The kernel as the sender may stop for good here, with itself as
     * the peer too: its segments with the infinite mapping do not leave its host.
     */
    @ParameterizedTest
    @EnumSource(names = {"BRAID_IS_CLIENT", "BRAID_IS_SERVER"})
    void aChecksumThatTheKernelFindsWrongIsAnsweredByAnInfiniteMapping(Pair pair) throws Exception {
        var armed = new AtomicBoolean();
        SegmentEdit damages = segment -> segment.payloadLength() > 0 && armed.getAndSet(false)
                && flipsABit(segment.ip() + segment.payloadOffset());
        boolean up = pair != Pair.BRAID_IS_SERVER;
        try (var between = new BoxBetween(pair, up ? damages : NOTHING, up ? NOTHING : damages)) {
            between.client.setting("checksum_enabled", "1");
            between.server.setting("checksum_enabled", "1");
            Host sender = up ? between.client : between.server;
            Host receiver = up ? between.server : between.client;
            try (var talk = begin(between)) {
                talk.exchange(BYTES);
                isMultipath(between, talk);
                armed.set(true);
                assertThat(oneWay(up ? talk.client : talk.server, up ? talk.server : talk.client))
                        .as("the kernel hands on what it got, as TCP does").isFalse();
                talk.exchange(BYTES);
                isPlain(between, talk);
                talk.finish();
            }
            counted(receiver, "MPTcpExtDataCsumErr", 1);
            countedAtLeastOnce(receiver, "MPTcpExtMPFailTx");
            countedAtLeastOnce(sender, "MPTcpExtMPFailRx");
            counted(sender, "MPTcpExtInfiniteMapTx", 1);
            countedAtLeastOnce(receiver, "MPTcpExtInfiniteMapRx");
        }
    }

    private static SegmentEdit strips(Scope scope) {
        var kinds = new BitSet();
        kinds.set(TcpOptions.KIND_MPTCP);
        return SegmentEdit.strip(kinds, scope);
    }

    private static boolean flipsABit(long address) {
        Memory.put8(address, Memory.u8(address) ^ 1);
        return true;
    }

    private static Conversation begin(BoxBetween between) throws IOException {
        return Conversation.begin(between.client, between.server, Families.V4);
    }

    /** Sends one way; whether the digests are equal. */
    private static boolean oneWay(SocketChannel from, SocketChannel to) throws Exception {
        var sent = Streams.async(() -> Streams.send(from, 5, BYTES));
        var received = Streams.async(() -> Streams.receive(to, BYTES));
        return received.get(30, TimeUnit.SECONDS).equals(sent.get(30, TimeUnit.SECONDS));
    }

    private static void isMultipath(BoxBetween between, Conversation talk) throws IOException {
        assertThat(between.client.isMultipath(talk.client)).as("Multipath TCP at the client").isTrue();
        assertThat(between.server.isMultipath(talk.server)).as("Multipath TCP at the server").isTrue();
    }

    private static void isPlain(BoxBetween between, Conversation talk) throws IOException {
        assertThat(between.client.isMultipath(talk.client)).as("Multipath TCP at the client").isFalse();
        assertThat(between.server.isMultipath(talk.server)).as("Multipath TCP at the server").isFalse();
    }
}
