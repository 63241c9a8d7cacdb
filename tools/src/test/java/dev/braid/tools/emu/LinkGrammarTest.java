package dev.braid.tools.emu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.LinkBridge;
import dev.braid.fastpath.sim.LinkConfig;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** What the options of an emulated link mean. */
class LinkGrammarTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "RATE|40mbit|rate 40000000 bit/s", "QUEUE|100kB|queue 102400 B", "OVERHEAD|38|with 38 B overhead",
        "MTU|1400|mtu 1400", "DELAY|20ms|delay 20000 us", "JITTER|2ms|jitter 2000 us", "LOSS|1%|loss 0.01",
        "GEMODEL|0.5%,30%|bursts 0.005/0.3/1.0", "GEMODEL|0.5%,30%,80%|bursts 0.005/0.3/0.8",
        "REORDER|1%|reorder 0.01 by 1000 us", "REORDER|1%,5ms|reorder 0.01 by 5000 us",
        "DUPLICATE|2%|duplicate 0.02", "CORRUPT|3%|corrupt 0.03", "FLAP|5s,300ms|up/down 5000/300 ms",
        "ECN|30kB|marks above 30720 B", "ECN|5ms|marks after 5000 us",
        "ECN|30000,drop|marks above 30000 B, drops the unmarkable"})
    void eachOptionChangesItsPartOfTheLink(Impairment option, String text, String expected) {
        assertThat(option.apply(LinkConfig.PERFECT, text).toString()).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "5-3", "-1", "1,,2", "1-2-3", "0-2000000"})
    void whatIsNoListOfPacketsIsRefused(String text) {
        assertThatThrownBy(() -> Impairment.LOSS_AT.apply(LinkConfig.PERFECT, text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("10,20-25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "30kB,pass", "30kB,drop,drop", ",drop"})
    void whatIsNoThresholdIsRefused(String text) {
        assertThatThrownBy(() -> Impairment.ECN.apply(LinkConfig.PERFECT, text))
                .isInstanceOf(TypeConversionException.class);
    }

    @Test
    void chosenPacketsMayBeRanges() {
        assertThat(survivors(Impairment.LOSS_AT.apply(LinkConfig.PERFECT, "1,3-5"), 1, 8)).containsExactly(0, 2, 6, 7);
    }

    @Test
    void theSamePacketsMeetTheSameFatesUnderOneSeedAndOthersUnderAnother() {
        LinkConfig lossy = Impairment.GEMODEL.apply(Impairment.LOSS.apply(LinkConfig.PERFECT, "10%"), "2%,30%");
        List<Integer> first = survivors(lossy, 7, 1000);
        assertThat(survivors(lossy, 7, 1000)).isEqualTo(first);
        assertThat(survivors(lossy, 8, 1000)).isNotEqualTo(first);
    }

    /** Which of so many packets from device 0 come out of device 1. */
    private static List<Integer> survivors(LinkConfig link, long seed, int count) {
        var arrived = new ArrayList<Integer>();
        try (Arena arena = Arena.ofConfined()) {
            FramePool frames = new FramePool(arena, 64, 1, false);
            Counters counters = Counters.inMemory(arena, 64);
            LinkPlan plan = LinkPlan.symmetric(link, seed);
            var bridge = new LinkBridge(plan.ab(), plan.ba(), plan.seed(), frames, counters, frame -> {
                arrived.add(Memory.i32(frame.data()));
                frame.release();
            });
            BoxRows.install(plan, frames, counters, bridge);
            for (int i = 0; i < count; i++) {
                Frame frame = Objects.requireNonNull(frames.takeMtu());
                frame.resize(100);
                Memory.put32(frame.data(), i);
                bridge.onFrame(frame.device(0), i);
                bridge.flush(i);
            }
            bridge.flush(Deadlines.NONE - 1);
        }
        return arrived;
    }

    @Test
    void anEndNamesItsDeviceItsAddressesAndItsNamespace() {
        LinkEnd end = LinkEnd.parse("tun=ta,address=10.78.0.1/24+fd78::1/64,netns=left");
        assertThat(end.kind()).isEqualTo("tun");
        assertThat(end.device()).isEqualTo("ta");
        assertThat(end.addresses()).extracting(Object::toString).containsExactly("10.78.0.1/24", "fd78::1/64");
        assertThat(end.namespace()).isEqualTo(Path.of("/run/netns/left"));
        assertThat(LinkEnd.parse("veth=va,netns=/proc/1/ns/net").namespace()).isEqualTo(Path.of("/proc/1/ns/net"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "tun=", "tun=a/b", "tun=a,tun=b", "tun=a,veth=b", "tun=a,address=10.0.0.x/24", "tun=a,netns=", "tun=a,x=1",
        "veth=a,address=10.0.0.1/24", "tun=sixteencharacters"})
    void whatIsNoEndIsRefused(String text) {
        assertThatThrownBy(() -> LinkEnd.parse(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void aNatNamesItsTimeoutItsInsideAndItsAddresses() {
        NatPlan nat = NatPlan.parse("timeout=60s,inside=b,address=192.0.2.1+2001:db8::1");
        assertThat(nat.timeoutNs()).isEqualTo(60_000_000_000L);
        assertThat(nat.insideIsA()).isFalse();
        assertThat(nat.outsideV4()).hasToString("192.0.2.1");
        assertThat(nat.outsideV6()).hasToString("2001:db8::1");
        assertThat(NatPlan.parse("timeout=1s").outsideV4()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "inside=a", "timeout=1s,inside=c", "timeout=1s,timeout=2s", "timeout=1s,address=x"})
    void whatIsNoNatIsRefused(String text) {
        assertThatThrownBy(() -> NatPlan.parse(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void aRowOfBoxesKeepsItsOrder() {
        assertThat(Box.parse("strip=mptcp+8,mss=1200,seq,join=3000+2ms,drop-syn=unknown")).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "strip", "strip=", "strip=1", "strip=256", "mss=0", "mss=70000", "window=x", "split=0", "join=3000+2",
        "seq=1", "ecn-bleach,"})
    void whatIsNoBoxIsRefused(String text) {
        assertThatThrownBy(() -> Box.parse(text)).isInstanceOf(TypeConversionException.class);
    }
}
