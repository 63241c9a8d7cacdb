package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentMappingsTest {
    private final SentMappings mappings = new SentMappings();

    @Test
    void aByteIsFoundInTheMappingThatCoversIt() {
        mappings.add(1000, 100, false, 7);
        mappings.add(5000, 50, true, 8);
        assertThat(mappings.end()).isEqualTo(150);
        assertThat(mappings.find(0)).isZero();
        assertThat(mappings.find(99)).isZero();
        assertThat(mappings.find(100)).isEqualTo(1);
        assertThat(mappings.find(150)).isNegative();
        assertThat(mappings.offset(1)).isEqualTo(100);
        assertThat(mappings.position(1)).isEqualTo(5000);
        assertThat(mappings.length(1)).isEqualTo(50);
        assertThat(mappings.last(0)).isFalse();
        assertThat(mappings.last(1)).isTrue();
        assertThat(mappings.sum(1)).isEqualTo(8);
    }

    @Test
    void aMappingIsKeptUntilBothLevelsAcknowledgedIt() {
        mappings.add(0, 100, false, 0);
        mappings.add(100, 100, false, 0);
        mappings.acknowledged(200, 0);
        assertThat(mappings.count()).as("acknowledged by TCP alone").isEqualTo(2);
        mappings.acknowledged(200, 150);
        assertThat(mappings.count()).isEqualTo(1);
        mappings.acknowledged(200, 200);
        assertThat(mappings.count()).isZero();
        mappings.add(200, 100, false, 0);
        mappings.acknowledged(0, 300);
        assertThat(mappings.count()).as("acknowledged at the data level alone").isEqualTo(1);
        assertThat(mappings.find(250)).isZero();
    }

    @Test
    void growingKeepsTheOrderOfTheRing() {
        for (int i = 0; i < 10; i++) {
            mappings.add(i * 10L, 10, false, i);
        }
        mappings.acknowledged(70, 70);
        for (int i = 10; i < 100; i++) {
            mappings.add(i * 10L, 10, i % 3 == 0, i);
        }
        assertThat(mappings.count()).isEqualTo(93);
        for (int i = 7; i < 100; i++) {
            int index = mappings.find(i * 10L + 5);
            assertThat(mappings.position(index)).isEqualTo(i * 10L);
            assertThat(mappings.sum(index)).isEqualTo(i);
            assertThat(mappings.last(index)).isEqualTo(i >= 10 && i % 3 == 0);
        }
    }

    @Test
    void whatTcpAcknowledgedIsNotInFlight() {
        mappings.add(1000, 100, false, 0);
        mappings.add(4000, 100, false, 0);
        assertThat(mappings.inFlightUpTo(1050)).isEqualTo(1100);
        assertThat(mappings.inFlightUpTo(2000)).isEqualTo(2000);
        mappings.acknowledged(100, 0);
        assertThat(mappings.inFlightUpTo(1050)).isEqualTo(1050);
        assertThat(mappings.inFlightUpTo(4000)).isEqualTo(4100);
    }

    @Test
    void dataOfAnotherSubflowInBetweenIsNotContiguous() {
        mappings.add(0, 100, false, 0);
        mappings.add(100, 100, false, 0);
        assertThat(mappings.isContiguous(0, 200)).isTrue();
        assertThat(mappings.isContiguous(50, 200)).isTrue();
        assertThat(mappings.isContiguous(0, 300)).as("the rest went elsewhere").isFalse();
        mappings.add(300, 100, false, 0);
        assertThat(mappings.isContiguous(0, 400)).isFalse();
        assertThat(mappings.isContiguous(300, 400)).as("what went elsewhere is acknowledged").isTrue();
        assertThat(mappings.isContiguous(400, 400)).as("nothing in flight").isTrue();
    }
}
