package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Allocation;
import dev.braid.testing.Rfc;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Initial sequence numbers, timestamp offsets, ephemeral ports: keyed by the tuple. */
class KeyedGeneratorsTest {
    private static final long LOCAL_HI = 0;
    private static final long LOCAL_LO = 0xffff_0a4d_0002L;
    private static final long REMOTE_LO = 0xffff_0a4d_0001L;

    private final IsnGenerator isns = new IsnGenerator(1, 2);
    private final TimestampOffset offsets = new TimestampOffset(3, 4);
    private final Random random = new Random(9);

    private int isn(int localPort, long nowNs) {
        return isns.isn(0, LOCAL_HI, LOCAL_LO, localPort, 0, REMOTE_LO, 80, nowNs);
    }

    @Test
    @Rfc({"6528", "3"})
    void sequenceNumbersOfOneTupleRiseEveryFourMicroseconds() {
        int first = isn(5000, 0);
        assertThat(isn(5000, 4_000) - first).isEqualTo(1);
        assertThat(isn(5000, 1_000_000_000L) - first).isEqualTo(250_000);
    }

    @Test
    @Rfc({"6528", "3"})
    void sequenceNumbersOfOtherTuplesAndKeysAreUnrelated() {
        var seen = new HashSet<Integer>();
        for (int port = 1; port <= 10_000; port++) {
            seen.add(isn(port, 0));
        }
        seen.add(isns.isn(1, LOCAL_HI, LOCAL_LO, 1, 0, REMOTE_LO, 80, 0));
        seen.add(isns.isn(0, LOCAL_HI, REMOTE_LO, 1, 0, LOCAL_LO, 80, 0));
        seen.add(isns.isn(0, LOCAL_HI, LOCAL_LO, 80, 0, REMOTE_LO, 1, 0));
        seen.add(new IsnGenerator(1, 3).isn(0, LOCAL_HI, LOCAL_LO, 1, 0, REMOTE_LO, 80, 0));
        assertThat(seen).hasSizeGreaterThan(10_000);
        assertThat(Math.abs((long) isn(1, 0) - isn(2, 0))).isGreaterThan(100_000);
    }

    @Test
    @Rfc({"7323", "5.4"})
    void timestampOffsetIsFixedForATupleAndUnrelatedForOthers() {
        int first = offsets.offset(0, LOCAL_HI, LOCAL_LO, 5000, 0, REMOTE_LO, 80);
        assertThat(offsets.offset(0, LOCAL_HI, LOCAL_LO, 5000, 0, REMOTE_LO, 80)).isEqualTo(first);
        assertThat(offsets.offset(0, LOCAL_HI, LOCAL_LO, 5001, 0, REMOTE_LO, 80)).isNotEqualTo(first);
        assertThat(new TimestampOffset(3, 5).offset(0, LOCAL_HI, LOCAL_LO, 5000, 0, REMOTE_LO, 80)).isNotEqualTo(first);
    }

    /**
     * CVE-2024-10026: a linear hash and a short secret let a server compute a client's inner address and an identifier of its
     * boot from timestamps and sequence numbers. One bit of the address must change the hash unforeseeably: about half of the
     * bits, others for another port, others under another key.
     */
    @Test
    void cve202410026HashesOfManyTuplesShareNothingOfTheKey() {
        var changes = new HashSet<Integer>();
        int bitsChanged = 0;
        for (TimestampOffset keyed : new TimestampOffset[] {offsets, new TimestampOffset(3, 5)}) {
            for (int port = 80; port < 84; port++) {
                int base = keyed.offset(0, LOCAL_HI, LOCAL_LO, 5000, 0, REMOTE_LO, port);
                for (int bit = 0; bit < 32; bit++) {
                    int other = keyed.offset(0, LOCAL_HI, LOCAL_LO ^ 1L << bit, 5000, 0, REMOTE_LO, port);
                    changes.add(base ^ other);
                    bitsChanged += Integer.bitCount(base ^ other);
                }
            }
        }
        assertThat(changes).as("no change comes twice").hasSize(256);
        assertThat(bitsChanged / 256.0).as("bits of 32 that change").isBetween(15.0, 17.0);
    }

    private int port(PortAllocator ports, int remotePort, HashSet<Integer> taken) {
        return ports.allocate(0, LOCAL_HI, LOCAL_LO, 0, REMOTE_LO, remotePort, random.nextLong(), taken::contains);
    }

    @Test
    @Rfc({"6056", "3.3"})
    void everyPortIsHandedOutBeforeTheRangeIsExhausted() {
        var ports = new PortAllocator(5, 6, 40_000, 40_099);
        var taken = new HashSet<Integer>();
        for (int i = 0; i < 100; i++) {
            int port = port(ports, 80, taken);
            assertThat(port).isBetween(40_000, 40_099);
            assertThat(taken.add(port)).isTrue();
        }
        assertThat(port(ports, 80, taken)).isEqualTo(PortAllocator.NONE);
        taken.remove(40_050);
        assertThat(port(ports, 80, taken)).isEqualTo(40_050);
    }

    @Test
    @Rfc({"6056", "3.3.4"})
    void portsOfOneDestinationComeBackLateAndThoseOfOthersAreUnrelated() {
        var ports = new PortAllocator(5, 6, 32_768, 60_999);
        var recent = new HashSet<Integer>();
        var none = new HashSet<Integer>();
        for (int i = 0; i < 3_000; i++) {
            assertThat(recent.add(port(ports, 80, none))).as("port " + i + " is fresh").isTrue();
        }
        int gap = port(ports, 443, none) - port(ports, 80, none);
        int otherKey = port(new PortAllocator(7, 6, 32_768, 60_999), 80, none);
        assertThat(Math.abs(gap)).isGreaterThan(8);
        assertThat(otherKey).isNotEqualTo(port(new PortAllocator(5, 6, 32_768, 60_999), 80, none));
    }

    @Test
    @Rfc({"6056", "3.3.5"})
    void stepsBetweenPortsAreRandom() {
        var ports = new PortAllocator(5, 6, 32_768, 60_999);
        var steps = new HashSet<Integer>();
        int last = port(ports, 80, new HashSet<>());
        for (int i = 0; i < 200; i++) {
            int port = port(ports, 80, new HashSet<>());
            steps.add(port - last);
            last = port;
        }
        assertThat(steps).contains(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void nothingIsAllocated() {
        var ports = new PortAllocator(5, 6, 32_768, 60_999);
        int[] sum = {0};
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 20_000; i++) {
                sum[0] += isn(i, i) + offsets.offset(0, 0, i, i, 0, 1, 2);
                sum[0] += ports.allocate(0, 0, 1, 0, i, 80, i, port -> port == 40_000);
            }
        });
        assertThat(bytes).isZero();
    }
}
