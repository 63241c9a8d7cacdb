package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the receive buffer of all subflows grows and settles, told of rounds that a connection of a short round trip might have. */
class DataReceiveBufferTest {
    private TwoHosts world;
    private MptcpConnection here;
    private TcpConfig config;
    private DataReceiveBuffer buffer;
    private long now = SECOND;

    @BeforeEach
    void connect() {
        world = new TwoHosts();
        TwoHosts.Program[] pair = world.establishFully();
        pair[1].send(200_000);
        world.run(SECOND);
        here = pair[0].mptcp();
        config = here.layer.tcp.config();
        buffer = buffer(0);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private DataReceiveBuffer buffer(int wanted) {
        return new DataReceiveBuffer(here.layer.tcp.memory(), config, wanted);
    }

    /** Rounds of a second in each of which so many bytes come and are taken. */
    private void rounds(int bytes, int count) {
        rounds(bytes, count, SECOND);
    }

    private void rounds(int bytes, int count, long lastingNs) {
        for (int i = 0; i < count; i++, now += lastingNs) {
            buffer.onArrived(bytes);
            buffer.onQueued(bytes, bytes);
            buffer.onConsumed(here, bytes, bytes, 0, now);
        }
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void whatWasUnreadBeforeCountsOnce() {
        for (int round = 0; round < 10; round++, now += SECOND) {
            buffer.onArrived(100_000);
            buffer.onQueued(100_000, 100_000);
            // Read in every second round, then all at once.
            if (round % 2 == 1) {
                buffer.onConsumed(here, 200_000, 200_000, 0, now);
            } else {
                buffer.follow(here, 0, now);
            }
        }
        assertThat(buffer.size()).as("twice what came in a round, and a burst").isLessThan(300_000);
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void whatAProgramLeavesUnreadIsNotWhatItTook() {
        for (int round = 0; round < 10; round++, now += SECOND) {
            buffer.onArrived(100_000);
            buffer.onQueued(100_000, 100_000);
            buffer.follow(here, 0, now);
        }
        assertThat(buffer.size()).isEqualTo(config.receiveBuffer);
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void roomThatNothingNeedsAnyMoreIsTakenBack() {
        rounds(600_000, 1);
        int burst = buffer.size();
        assertThat(burst).as("twice what came, and a rise").isGreaterThan(1_200_000);
        rounds(1_000, 100);
        assertThat(buffer.size()).as("a connection that rests keeps its room").isEqualTo(burst);
        rounds(300_000, 8);
        assertThat(buffer.size()).as("the burst is among these rounds").isBetween(2 * 600_000, burst);
        int before = buffer.size();
        rounds(300_000, 8);
        assertThat(buffer.size()).as("an eighth at a time").isEqualTo(before - before / 8);
        rounds(300_000, 100);
        assertThat(buffer.size()).as("twice what comes, and a first window").isBetween(600_000, 650_000);
    }

    @Test
    void roomIsTakenBackNoSoonerThanAfterAQuarterOfASecond() {
        rounds(600_000, 1);
        rounds(300_000, 7, 20 * MS);
        int size = buffer.size();
        rounds(300_000, 12, 20 * MS);
        assertThat(buffer.size()).as("240 ms of short rounds").isEqualTo(size);
        rounds(300_000, 3, 20 * MS);
        assertThat(buffer.size()).isLessThan(size);
    }

    @Test
    void whatOneRoundOfManyNeedsIsKept() {
        rounds(600_000, 1);
        for (int i = 0; i < 100; i++) {
            rounds(310_000, 7);
            rounds(600_000, 1);
            assertThat(buffer.size()).isGreaterThan(1_200_000);
        }
    }

    /** Each time to what counts as a busy round then: little by little it comes down to the beginning, and no further. */
    @Test
    void aConnectionThatSlowsDownKeepsWhatItBeganWith() {
        rounds(600_000, 1);
        for (int bytes = 600_000; bytes > 1_000; bytes -= bytes / 4) {
            rounds(bytes, 50);
            assertThat(buffer.size()).as("with %d bytes a round", bytes).isLessThan(Math.max(3 * bytes, 140_000));
            assertThat(buffer.size()).isGreaterThanOrEqualTo(config.receiveBuffer);
        }
        assertThat(buffer.size()).isEqualTo(config.receiveBuffer);
    }

    @Test
    void aSizeThatTheProgramChoseStays() {
        buffer = buffer(3_000_000);
        rounds(600_000, 50);
        assertThat(buffer.size()).isEqualTo(3_000_000);
        rounds(2_900_000, 1);
        assertThat(buffer.size()).isEqualTo(3_000_000);
    }

    @Test
    void aSizeThatModerationMadeStaysWhenModerationIsTurnedOff() {
        rounds(600_000, 1);
        int size = buffer.size();
        config.moderateReceiveBuffer = false;
        rounds(300_000, 50);
        rounds(2_000_000, 1);
        assertThat(buffer.size()).isEqualTo(size);
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void whatWaitsBehindAGapNeedsRoomButNoMoreThanAsMuchAgain() {
        int alone = afterARound(0);
        assertThat(afterARound(100_000)).isEqualTo(alone + 100_000);
        assertThat(afterARound(2_000_000)).as("it is part of the room itself").isEqualTo(alone + 400_000);
    }

    /** The size after a round of 200 KB, with so much behind a gap at its end. */
    private int afterARound(int behindGap) {
        buffer = buffer(0);
        buffer.onArrived(200_000);
        buffer.onQueued(200_000, 200_000);
        buffer.onConsumed(here, 200_000, 200_000, behindGap, now);
        return buffer.size();
    }

    @Test
    void moreThanTwoGigabytesInARoundAreNoSmallNeed() {
        for (int round = 1; round <= 20; round++) {
            buffer.onArrived(3L << 30);
            buffer.follow(here, 0, round * SECOND);
        }
        int affordable = (int) (here.layer.tcp.memory().receiveRoom() / 2);
        assertThat(affordable).isLessThan(config.maxReceiveBuffer);
        assertThat(buffer.size())
                .as("as much as the host's memory holds when it comes in half empty frames")
                .isBetween(config.receiveBuffer + 1, affordable);
    }
}
