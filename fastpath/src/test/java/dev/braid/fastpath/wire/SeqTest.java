package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

@Rfc({"9293", "3.4"})
class SeqTest {
    private static final int BEFORE_WRAP = -3;
    private static final int AFTER_WRAP = 5;

    @Test
    void numbersAreComparedAcrossTheWrap() {
        assertThat(Seq.lessThan(BEFORE_WRAP, AFTER_WRAP)).isTrue();
        assertThat(Seq.lessThan(AFTER_WRAP, BEFORE_WRAP)).isFalse();
        assertThat(Seq.lessThan(Integer.MAX_VALUE, Integer.MIN_VALUE)).isTrue();
        assertThat(Seq.max(BEFORE_WRAP, AFTER_WRAP)).isEqualTo(AFTER_WRAP);
        assertThat(Seq.min(BEFORE_WRAP, AFTER_WRAP)).isEqualTo(BEFORE_WRAP);
        assertThat(Seq.diff(AFTER_WRAP, BEFORE_WRAP)).isEqualTo(8);
        assertThat(Seq.diff(BEFORE_WRAP, AFTER_WRAP)).isEqualTo(-8);
    }

    @Test
    void equalNumbersAreNotLess() {
        assertThat(Seq.lessThan(7, 7)).isFalse();
        assertThat(Seq.lessOrEqual(7, 7)).isTrue();
        assertThat(Seq.lessOrEqual(8, 7)).isFalse();
    }

    @Test
    void aSpanHoldsItsFirstNumberButNotItsEnd() {
        assertThat(Seq.between(BEFORE_WRAP, BEFORE_WRAP, AFTER_WRAP)).isTrue();
        assertThat(Seq.between(BEFORE_WRAP, 0, AFTER_WRAP)).isTrue();
        assertThat(Seq.between(BEFORE_WRAP, AFTER_WRAP, AFTER_WRAP)).isFalse();
        assertThat(Seq.between(BEFORE_WRAP, BEFORE_WRAP - 1, AFTER_WRAP)).isFalse();
        assertThat(Seq.between(5, 5, 5)).isFalse();
    }

    @Test
    void aSpanMayBeLargerThanHalfTheSpace() {
        assertThat(Seq.between(0, 0xf000_0000, 0xffff_fff0)).isTrue();
        assertThat(Seq.between(0, 0xffff_fff1, 0xffff_fff0)).isFalse();
    }
}
