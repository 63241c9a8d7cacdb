package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Offloads;
import dev.braid.stack.tcp.RecoveryState;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** What marks do to a connection that has agreed on ECN (RFC 3168 section 6.1). */
class EcnScriptTest extends Script {
    private static final int NOT_ECT = 0;
    private static final int ECT_0 = 2;
    private static final int CE = 3;

    @Override
    protected int offloads() {
        return Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6 | Offloads.TSO_ECN;
    }

    @Override
    protected void config(TcpConfig config) {
        config.pacing = false;
        config.quickAcks = 2;
    }

    private Conn established() {
        host.listen();
        peer.sends(syn(0).mss(1_000).sackOk().ece().cwr()).sees(synAck(0, 1).ece()).sends(ack(1, 1));
        return host.accept();
    }

    /** As {@link #established}, with the connection's first segments behind it, which are all acknowledged at once. */
    private Conn settled() {
        Conn conn = established();
        peer.sends(data(1, 1_001).ecn(ECT_0)).sees(ack(1, 1_001));
        peer.sends(data(1_001, 2_001).ecn(ECT_0)).sees(ack(1, 2_001));
        peer.sendsTogether(data(2_001, 3_001).ecn(ECT_0), data(3_001, 4_001).ecn(ECT_0)).sees(ack(1, 4_001));
        return conn.reads(4_000);
    }

    private TcpInfo info(Conn conn) {
        return conn.tcb().info(nowNs());
    }

    // The receiver.

    @Test
    @Rfc({"3168", "6.1.3"})
    void aMarkIsEchoedOnEveryAckUntilTheWindowIsReduced() {
        Conn conn = established();
        peer.sends(data(1, 1_001).ecn(CE)).sees(ack(1, 1_001).ece());
        peer.sends(data(1_001, 2_001).ecn(ECT_0)).sees(ack(1, 2_001).ece());
        conn.write(100);
        peer.sees(data(1, 101).acking(2_001).ece()).sends(ack(2_001, 101));
        peer.sends(data(2_001, 3_001).ecn(ECT_0).cwr()).sees(ack(101, 3_001));
        peer.sendsTogether(data(3_001, 4_001).ecn(ECT_0), data(4_001, 5_001).ecn(ECT_0)).sees(ack(101, 5_001));
        conn.reads(5_000);
    }

    @Test
    @Rfc({"3168", "6.1.3"})
    void aMarkOnTheSegmentThatSaysCwrIsANewOne() {
        Conn conn = established();
        peer.sends(data(1, 1_001).ecn(CE)).sees(ack(1, 1_001).ece());
        peer.sends(data(1_001, 2_001).ecn(CE).cwr()).sees(ack(1, 2_001).ece());
        conn.reads(2_000);
    }

    @Test
    void cwrOnAPureAckCounts() {
        Conn conn = established();
        peer.sends(data(1, 1_001).ecn(CE)).sees(ack(1, 1_001).ece());
        peer.sends(ack(1_001, 1).cwr()).sends(data(1_001, 2_001).ecn(ECT_0)).sees(ack(1, 2_001));
        conn.reads(2_000);
    }

    @Test
    void aMarkBehindAHoleIsEchoed() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001).ecn(CE)).sees(ack(1, 1).ece().sack(1_001, 2_001));
        peer.sends(data(1, 1_001)).sees(ack(1, 2_001).ece());
        conn.reads(2_000);
    }

    @Test
    void marksOfAPeerThatDidNotAgreeAreIgnored() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        peer.sends(data(1, 1_001).ecn(CE)).sees(ack(1, 1_001));
        conn.reads(1_000);
        assertThat(info(conn).ecnSeen).isFalse();
    }

    @Test
    void aMarkIsAnsweredWithoutDelay() {
        Conn conn = settled();
        peer.sends(data(4_001, 4_501).ecn(ECT_0)).seesNothing();
        after(40);
        peer.sees(ack(1, 4_501));
        peer.sends(data(4_501, 5_001).ecn(CE)).sees(ack(1, 5_001).ece());
        conn.reads(1_000);
    }

    @Test
    void dataWithoutACodepointAmongMarkableDataIsARetransmissionAndAnsweredAtOnce() {
        Conn conn = settled();
        peer.sends(data(4_001, 4_501).ecn(NOT_ECT)).sees(ack(1, 4_501));
        conn.reads(500);
    }

    @Test
    void cwrIsAnsweredWithoutDelay() {
        Conn conn = settled();
        peer.sends(data(4_001, 4_501).ecn(ECT_0).cwr()).sees(ack(1, 4_501));
        conn.reads(500);
    }

    @Test
    void aMarkedSuperFrameIsAMark() {
        Conn conn = established();
        peer.sends(data(1, 5_001).gso(1_000).ecn(CE)).sees(ack(1, 5_001).ece());
        peer.sends(data(5_001, 9_001).gso(1_000).ecn(ECT_0).cwr()).sees(ack(1, 9_001));
        conn.reads(9_000);
        assertThat(counter(variantPrefix() + "InCEPkts")).isEqualTo(5);
        assertThat(counter(variantPrefix() + "InECT0Pkts")).isEqualTo(4);
        assertThat(counter(variantPrefix() + "InNoECTPkts")).isEqualTo(2);
        assertThat(info(conn).ecnSeen).isTrue();
    }

    private String variantPrefix() {
        return variant.host.isIpv4() ? "IpExt" : "Ip6";
    }

    // The sender.

    @Test
    @Rfc({"3168", "6.1.2"})
    void anEchoReducesTheWindowOnceAndIsAnsweredByCwrOnce() {
        Conn conn = established();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        long before = conn.tcb().cwnd();
        peer.sends(ack(1, 1_001).ece());
        assertThat(info(conn).caState).isEqualTo(RecoveryState.CWR);
        peer.sends(ack(1, 2_001).ece(), ack(1, 4_001).ece(), ack(1, 10_001).ece());
        assertThat(conn.tcb().ssthresh()).isBetween(before / 2 - 1_000, before * 8 / 10);
        assertThat(conn.tcb().cwnd()).isBetween(before / 2 - 1_000, before * 8 / 10);
        conn.write(3_000);
        peer.sees(data(10_001, 11_001).cwr().ecn(ECT_0), data(11_001, 12_001).ecn(ECT_0), data(12_001, 13_001));
        long reduced = conn.tcb().ssthresh();
        // The peer saw CWR before it acknowledged what lies behind it.
        peer.sends(ack(1, 13_001));
        assertThat(conn.tcb().ssthresh()).isEqualTo(reduced);
        assertThat(info(conn).caState).isEqualTo(RecoveryState.OPEN);
        assertThat(info(conn).deliveredCe).isEqualTo(10);
        assertThat(counter("TcpExtTCPDeliveredCE")).isEqualTo(10);
    }

    @Test
    @Rfc({"3168", "6.1.2"})
    void anEchoOfTheNextWindowReducesAgain() {
        Conn conn = established();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000)).sends(ack(1, 10_001).ece());
        long reduced = conn.tcb().ssthresh();
        conn.write(4_000);
        peer.sees(data(10_001, 11_001).cwr(), data(11_001, 12_001), data(12_001, 13_001), data(13_001, 14_001));
        peer.sends(ack(1, 11_001).ece());
        assertThat(conn.tcb().ssthresh()).isLessThan(reduced);
        peer.sends(ack(1, 14_001));
    }

    @Test
    @Rfc({"3168", "6.1.5"})
    void retransmissionsAreNeitherMarkableNorSayCwr() {
        Conn conn = established();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000)).sends(ack(1, 1).sack(1_001, 9_001).ece());
        peer.sees(data(1, 1_001).ecn(NOT_ECT));
        conn.write(1_000);
        peer.sends(ack(1, 10_001)).sees(data(10_001, 11_001).cwr().ecn(ECT_0)).sends(ack(1, 11_001));
        afterWhatever(1);
    }

    @Test
    @Rfc({"3168", "6.1.2"})
    void aLossIsAnnouncedByCwrToo() {
        Conn conn = established();
        conn.write(4_000);
        peer.sees(burst(1, 4_001, 1_000)).sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001).ecn(NOT_ECT));
        peer.sends(ack(1, 4_001));
        conn.write(1_000);
        peer.sees(data(4_001, 5_001).cwr().ecn(ECT_0)).sends(ack(1, 5_001));
    }

    @Test
    void anEchoDuringRecoveryReducesNothingMore() {
        Conn conn = established();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000)).sends(ack(1, 1).sack(1_001, 9_001)).sees(data(1, 1_001));
        long ssthresh = conn.tcb().ssthresh();
        peer.sends(ack(1, 9_001).ece());
        peer.sends(ack(1, 10_001).ece());
        assertThat(conn.tcb().ssthresh()).isEqualTo(ssthresh);
    }

    @Test
    void eceWithoutAnAgreementIsIgnored() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        conn.write(4_000);
        peer.sees(burst(1, 4_001, 1_000));
        long before = conn.tcb().cwnd();
        peer.sends(ack(1, 4_001).ece());
        assertThat(conn.tcb().cwnd()).isGreaterThanOrEqualTo(before);
        assertThat(info(conn).deliveredCe).isZero();
    }

    @Test
    @Rfc({"3168", "6.1.4"})
    void aFinAloneAndAPureAckAreNotMarkable() {
        Conn conn = established();
        peer.sends(data(1, 1_001).ecn(ECT_0)).sees(ack(1, 1_001).ecn(NOT_ECT));
        conn.reads(1_000).finish();
        peer.sees(Seg.fin(1, 1_001).ecn(NOT_ECT)).sends(ack(1_001, 2));
    }

    @Test
    void aSuperFrameSaysCwrForItsFirstPacket() {
        showSuperFrames();
        Conn conn = established();
        conn.write(10_000);
        peer.seesWhatever().sends(ack(1, 10_001).ece());
        conn.write(2_000);
        peer.sees(data(10_001, 12_001).gso(1_000).cwr().ecn(ECT_0)).sends(ack(1, 12_001));
    }

    // DCTCP.

    private Conn dataCentre() {
        host.listen(16, options -> options.tcp.congestionControl = "dctcp");
        peer.sends(syn(0).mss(1_000).sackOk().ece().cwr().ecn(ECT_0)).sees(synAck(0, 1).ece().ecn(ECT_0));
        peer.sends(ack(1, 1));
        return host.accept();
    }

    @Test
    @Rfc({"8257", "3.2"})
    void aChangeOfMarksIsAcknowledgedAtOnceAndTheOldStateBefore() {
        Conn conn = dataCentre();
        peer.sends(data(1, 1_001).ecn(ECT_0)).sees(ack(1, 1_001));
        peer.sends(data(1_001, 2_001).ecn(ECT_0)).sees(ack(1, 2_001));
        peer.sends(data(2_001, 3_001).ecn(ECT_0)).seesNothing();
        peer.sends(data(3_001, 4_001).ecn(CE)).sees(ack(1, 3_001), ack(1, 4_001).ece());
        peer.sends(data(4_001, 5_001).ecn(CE)).seesNothing();
        peer.sends(data(5_001, 6_001).ecn(CE)).sees(ack(1, 6_001).ece());
        peer.sends(data(6_001, 7_001).ecn(ECT_0)).sees(ack(1, 7_001));
        conn.reads(7_000);
    }

    @Test
    @Rfc({"8257", "3.2"})
    void whatDctcpEchoesFollowsFromTheMarksAlone() {
        Conn conn = dataCentre();
        peer.sends(data(1, 1_001).ecn(CE)).sees(ack(1, 1_001).ece());
        peer.sends(data(1_001, 2_001).ecn(CE).cwr()).sees(ack(1, 2_001).ece());
        conn.reads(2_000);
    }

    @Test
    @Rfc({"8257", "3.6"})
    void dctcpMarksEverySegmentAsCapable() {
        Conn conn = dataCentre();
        peer.sends(data(1, 1_001).ecn(ECT_0)).sees(ack(1, 1_001).ecn(ECT_0));
        conn.reads(1_000).write(4_000);
        peer.sees(burst(1, 4_001, 1_000)).sends(ack(1_001, 1).sack(1_001, 4_001)).sees(data(1, 1_001).ecn(ECT_0));
        peer.sends(ack(1_001, 4_001));
    }
}
