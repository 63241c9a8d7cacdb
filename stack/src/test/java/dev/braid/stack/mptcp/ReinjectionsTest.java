package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReinjectionsTest {
    private final Reinjections again = new Reinjections();

    @Test
    void piecesComeLowestFirstAndOnce() {
        again.add(300, 400, null);
        again.add(100, 200, null);
        again.add(150, 350, null);
        assertThat(again.bytes()).isEqualTo(300);
        assertThat(again.start()).isEqualTo(100);
        assertThat(again.end()).isEqualTo(400);
    }

    @Test
    void whatIsDoneIsCutOffTheFront() {
        again.add(100, 200, null);
        again.add(300, 400, null);
        again.done(150);
        assertThat(again.start()).isEqualTo(150);
        again.done(350);
        assertThat(again.start()).isEqualTo(350);
        assertThat(again.bytes()).isEqualTo(50);
        again.done(400);
        assertThat(again.isEmpty()).isTrue();
    }

    @Test
    void anEmptyPieceIsNone() {
        again.add(100, 100, null);
        again.add(200, 100, null);
        assertThat(again.isEmpty()).isTrue();
    }

    @Test
    void anyMixOfPiecesRemembersWhoHadEachByte() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            MptcpConnection connection = world.establishFully()[0].mptcp();
            Subflow joined = connection.roster.join(world.plan(false), world.clock.nowNs());
            @Nullable Subflow[] froms = {null, connection.initial, joined};
            for (int seed = 0; seed < 200; seed++) {
                Random random = new Random(seed);
                Reinjections pieces = new Reinjections();
                @Nullable Subflow[] model = new Subflow[300];
                BitSet there = new BitSet();
                for (int i = 0; i < 40; i++) {
                    int start = random.nextInt(240);
                    int end = start + random.nextInt(60);
                    @Nullable Subflow from = froms[random.nextInt(froms.length)];
                    pieces.add(start, end, from);
                    there.set(start, end);
                    Arrays.fill(model, start, end, from);
                }
                for (int first = there.nextSetBit(0); first >= 0; first = there.nextSetBit(first)) {
                    int end = first;
                    while (there.get(end) && model[end] == model[first]) {
                        end++;
                    }
                    assertThat(pieces.start()).as("seed %d", seed).isEqualTo(first);
                    assertThat(pieces.end()).isLessThanOrEqualTo(end);
                    assertThat(pieces.from()).isSameAs(model[first]);
                    first = (int) pieces.end();
                    pieces.done(first);
                }
                assertThat(pieces.isEmpty()).isTrue();
                assertThat(pieces.bytes()).isZero();
                assertThat(pieces.from()).isNull();
            }
        }
    }

    @Test
    void anyMixOfPiecesEqualsASetOfBytes() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Reinjections pieces = new Reinjections();
            BitSet model = new BitSet();
            for (int i = 0; i < 60; i++) {
                int start = random.nextInt(500);
                int end = start + random.nextInt(60);
                if (random.nextInt(4) == 0) {
                    pieces.done(start);
                    model.clear(0, start);
                } else {
                    pieces.add(start, end, null);
                    model.set(start, end);
                }
                assertThat(pieces.bytes()).as("seed %d", seed).isEqualTo(model.cardinality());
                assertThat(pieces.isEmpty()).isEqualTo(model.isEmpty());
                if (!model.isEmpty()) {
                    int first = model.nextSetBit(0);
                    assertThat(pieces.start()).isEqualTo(first);
                    assertThat(pieces.end()).isEqualTo(model.nextClearBit(first));
                }
            }
        }
    }
}
