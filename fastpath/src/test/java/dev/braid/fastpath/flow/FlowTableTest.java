package dev.braid.fastpath.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Protocol;
import dev.braid.testing.Allocations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private final FlowTable<String> table = new FlowTable<>(11, 22, 0);

    @Test
    void aFlowIsFoundUntilRemoved() {
        assertThat(table.insert(1, Protocol.TCP, 2, 3, 4, 5, 80, 40_000, "a")).isTrue();
        assertThat(table.lookup(1, Protocol.TCP, 2, 3, 4, 5, 80, 40_000)).isEqualTo("a");
        assertThat(table.size()).isOne();
        assertThat(table.remove(1, Protocol.TCP, 2, 3, 4, 5, 80, 40_000)).isEqualTo("a");
        assertThat(table.lookup(1, Protocol.TCP, 2, 3, 4, 5, 80, 40_000)).isNull();
        assertThat(table.remove(1, Protocol.TCP, 2, 3, 4, 5, 80, 40_000)).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void everyPartOfTheKeyCounts() {
        table.insert(1, 6, 2, 3, 4, 5, 80, 40_000, "a");
        assertThat(table.lookup(0, 6, 2, 3, 4, 5, 80, 40_000)).isNull();
        assertThat(table.lookup(1, 17, 2, 3, 4, 5, 80, 40_000)).isNull();
        assertThat(table.lookup(1, 6, 0, 3, 4, 5, 80, 40_000)).isNull();
        assertThat(table.lookup(1, 6, 2, 0, 4, 5, 80, 40_000)).isNull();
        assertThat(table.lookup(1, 6, 2, 3, 0, 5, 80, 40_000)).isNull();
        assertThat(table.lookup(1, 6, 2, 3, 4, 0, 80, 40_000)).isNull();
        assertThat(table.lookup(1, 6, 2, 3, 4, 5, 81, 40_000)).isNull();
        assertThat(table.lookup(1, 6, 2, 3, 4, 5, 80, 40_001)).isNull();
        assertThat(table.lookup(1, 6, 4, 5, 2, 3, 40_000, 80)).isNull();
    }

    @Test
    void flowsOfEqualHashAreToldApart() {
        for (int part = 0; part < 8; part++) {
            long[] twins = twins(part);
            assertThat(hash(part, twins[0])).isEqualTo(hash(part, twins[1]));
            FlowTable<String> own = new FlowTable<>(11, 22, 0);
            insert(own, part, twins[0], "a");
            assertThat(lookup(own, part, twins[0])).isEqualTo("a");
            assertThat(lookup(own, part, twins[1])).as("part %s of the key", part).isNull();
            insert(own, part, twins[1], "b");
            assertThat(lookup(own, part, twins[0])).isEqualTo("a");
            assertThat(lookup(own, part, twins[1])).isEqualTo("b");
        }
    }

    @Test
    void whatWasFoundLastIsFoundAgainOnlyWhereItIs() {
        long[] twins = twins(4);
        insert(table, 4, twins[0], "a");
        insert(table, 4, twins[1], "b");
        assertThat(lookup(table, 4, twins[1])).isEqualTo("b");
        remove(table, 4, twins[0]); // "b" moves up into its place
        assertThat(lookup(table, 4, twins[0])).isNull();
        assertThat(lookup(table, 4, twins[1])).isEqualTo("b");
        remove(table, 4, twins[1]);
        assertThat(lookup(table, 4, twins[1])).isNull();
        insert(table, 4, twins[1], "c");
        assertThat(lookup(table, 4, twins[1])).isEqualTo("c");
    }

    @Test
    void aFlowIsNotReplaced() {
        table.insert(1, 6, 2, 3, 4, 5, 80, 40_000, "a");
        assertThat(table.insert(1, 6, 2, 3, 4, 5, 80, 40_000, "b")).isFalse();
        assertThat(table.lookup(1, 6, 2, 3, 4, 5, 80, 40_000)).isEqualTo("a");
        assertThat(table.size()).isOne();
    }

    @Test
    void randomChurnAgreesWithAMap() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            FlowTable<String> churned = new FlowTable<>(random.nextLong(), random.nextLong(), 0);
            Map<Integer, String> model = new HashMap<>();
            int space = 1 + random.nextInt(300);
            for (int i = 0; i < 20_000; i++) {
                int port = random.nextInt(space);
                String value = "v" + i;
                switch (random.nextInt(3)) {
                    case 0 -> assertThat(churned.insert(0, 6, 1, 2, 3, 4, 443, port, value))
                            .isEqualTo(model.putIfAbsent(port, value) == null);
                    case 1 -> assertThat(churned.remove(0, 6, 1, 2, 3, 4, 443, port)).isEqualTo(model.remove(port));
                    default -> assertThat(churned.lookup(0, 6, 1, 2, 3, 4, 443, port)).isEqualTo(model.get(port));
                }
                assertThat(churned.size()).isEqualTo(model.size());
            }
            for (int port = 0; port < space; port++) {
                assertThat(churned.lookup(0, 6, 1, 2, 3, 4, 443, port)).isEqualTo(model.get(port));
            }
        }
    }

    @Test
    void theTableGrowsWithoutLosingFlows() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(table.insert(i & 3, 6, 1, i >>> 16, 3, i, 443, i & 0xffff, "v" + i)).isTrue();
        }
        for (int i = 0; i < 100_000; i++) {
            assertThat(table.lookup(i & 3, 6, 1, i >>> 16, 3, i, 443, i & 0xffff)).isEqualTo("v" + i);
        }
        assertThat(table.size()).isEqualTo(100_000);
    }

    @Test
    void everyFlowIsShownOnceWithItsKey() {
        table.insert(-1, 6, 1, 2, 3, 4, 80, 65_535, "a");
        table.insert(7, 17, -1, -2, -3, -4, 53, 0, "b");
        List<String> seen = new ArrayList<>();
        table.forEach((scope, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort,
                value) -> seen.add(String.join(
                        " ",
                        List.of(scope, protocol, localPort, remotePort).toString(),
                        List.of(localHi, localLo, remoteHi, remoteLo).toString(),
                        value)));
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "[-1, 6, 80, 65535] [1, 2, 3, 4] a", "[7, 17, 53, 0] [-1, -2, -3, -4] b");
    }

    @Test
    void theHashDependsOnTheKeyAndIsNeverZero() {
        FlowTable<String> other = new FlowTable<>(11, 23, 0);
        int same = 0;
        for (int i = 0; i < 10_000; i++) {
            int hash = table.hash(0, 6, 1, 2, 3, 4, 443, i);
            assertThat(hash).isNotZero();
            same += hash == other.hash(0, 6, 1, 2, 3, 4, 443, i) ? 1 : 0;
        }
        assertThat(same).isLessThan(3);
    }

    /** Two values of one part of the key that make equal hashes, the rest of the key being the same. */
    private long[] twins(int part) {
        Map<Integer, Long> seen = new HashMap<>();
        for (long value = 0;; value++) {
            Long twin = seen.putIfAbsent(hash(part, value), value);
            if (twin != null) {
                return new long[] {twin, value};
            }
        }
    }

    private int hash(int part, long value) {
        long[] key = key(part, value);
        return table.hash(
                (int) key[0], (int) key[1], key[2], key[3], key[4], key[5], (int) key[6], (int) key[7]);
    }

    private static void insert(FlowTable<String> into, int part, long value, String flow) {
        long[] key = key(part, value);
        into.insert((int) key[0], (int) key[1], key[2], key[3], key[4], key[5], (int) key[6], (int) key[7], flow);
    }

    private static String lookup(FlowTable<String> in, int part, long value) {
        long[] key = key(part, value);
        return in.lookup((int) key[0], (int) key[1], key[2], key[3], key[4], key[5], (int) key[6], (int) key[7]);
    }

    private static void remove(FlowTable<String> from, int part, long value) {
        long[] key = key(part, value);
        from.remove((int) key[0], (int) key[1], key[2], key[3], key[4], key[5], (int) key[6], (int) key[7]);
    }

    private static long[] key(int part, long value) {
        long[] key = {1, 6, 2, 3, 4, 5, 80, 40_000};
        key[part] = value;
        return key;
    }

    @Test
    void churnAtAConstantSizeAllocatesNothing() {
        FlowTable<String> sized = new FlowTable<>(1, 2, 100);
        for (int i = 0; i < 99; i++) {
            sized.insert(0, 6, 1, 2, 3, 4, 443, i, "v");
        }
        assertThat(Allocations.perRun(() -> {
            sized.insert(0, 6, 1, 2, 3, 4, 443, 1000, "w");
            sized.lookup(0, 6, 1, 2, 3, 4, 443, 50);
            sized.remove(0, 6, 1, 2, 3, 4, 443, 1000);
        }))
                .isZero();
    }
}
