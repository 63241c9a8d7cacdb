package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Icmp.Kind;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Path MTU and ICMP errors (RFC 1191, 8201, 5461, 5927; RFC 9293 section 3.9.2.2). */
class PathScriptTest extends Script {
    private int mss;

    private Conn established() {
        host.listen();
        mss = variant().linkMss();
        return peer.opens(syn(0).mss(mss).sackOk());
    }

    @Test
    @Rfc({"1191", "6.4"})
    @Rfc({"8201", "5.2"})
    void packetTooBigShrinksSegmentsAndResends() {
        Conn conn = established();
        conn.write(3 * mss);
        peer.sees(burst(1, 1 + 3 * mss, mss));
        icmpTooBig(1_400);
        int smaller = mss - 100;
        peer.sees(data(1, 1 + smaller));
        peer.sends(ack(1, 1 + smaller)).seesWhatever();
        afterWhatever(2_000);
        while (peer.pending() > 0) {
            assertThat(peer.next().length()).isLessThanOrEqualTo(smaller);
        }
        peer.sends(ack(1, 1 + 3 * mss));
        conn.write(2 * smaller);
        peer.sees(burst(1 + 3 * mss, 1 + 3 * mss + 2 * smaller, smaller)).sends(ack(1, 1 + 3 * mss + 2 * smaller));
    }

    @Test
    @Rfc({"5927", "4.1"})
    void anErrorAboutNothingInFlightIsIgnored() {
        Conn conn = established();
        conn.write(2 * mss);
        peer.sees(burst(1, 1 + 2 * mss, mss));
        quoteSeq(1 + 5 * mss);
        icmpTooBig(1_400);
        peer.sends(ack(1, 1 + 2 * mss)).seesNothing();
        assertThat(conn.tcb().mss()).isEqualTo(mss);
        assertThat(counter("TcpExtOutOfWindowIcmps")).isEqualTo(1);
    }

    @Test
    void anErrorNeverMakesSegmentsLarger() {
        Conn conn = established();
        conn.write(100);
        peer.sees(data(1, 101));
        icmpTooBig(9_000);
        peer.sends(ack(1, 101)).seesNothing();
        assertThat(conn.tcb().mss()).isEqualTo(mss);
    }

    @Test
    void anAbsurdlySmallMtuIsBounded() {
        Conn conn = established();
        conn.write(2 * mss);
        peer.sees(burst(1, 1 + 2 * mss, mss));
        icmpTooBig(60);
        assertThat(conn.tcb().mss()).isGreaterThanOrEqualTo(variant().host.isIpv4() ? 500 : 1_220);
        peer.seesWhatever().sends(ack(1, 1 + 2 * mss)).seesWhatever();
    }

    @Test
    void aTruncatedQuotationIsIgnored() {
        Conn conn = established();
        conn.write(100);
        peer.sees(data(1, 101));
        icmpTooBig(Kind.PACKET_TOO_BIG, 1_400, variant().ipHeader() + 4);
        icmpTooBig(Kind.PACKET_TOO_BIG, 1_400, 7);
        assertThat(conn.tcb().mss()).isEqualTo(mss);
        peer.sends(ack(1, 101));
    }

    @Test
    @Rfc({"9293", "3.9.2.2", "MUST-56"})
    void anUnreachableHostDoesNotEndAConnection() {
        Conn conn = established();
        conn.write(100);
        peer.sees(data(1, 101));
        icmp(Kind.HOST_UNREACHABLE);
        conn.isIn(TcpState.ESTABLISHED);
        peer.sends(ack(1, 101)).seesNothing();
        conn.write(100);
        peer.sees(data(101, 201)).sends(ack(1, 201));
    }

    @Test
    @Rfc({"5927", "5.2"})
    void anUnreachablePortDoesNotEndAnEstablishedConnection() {
        Conn conn = established();
        conn.write(100);
        peer.sees(data(1, 101));
        icmp(Kind.PORT_UNREACHABLE);
        icmp(Kind.PROTOCOL_UNREACHABLE);
        conn.isIn(TcpState.ESTABLISHED);
        peer.sends(ack(1, 101));
    }

    @Test
    @Rfc({"9293", "3.9.2.2", "SHLD-26"})
    void aPortUnreachableRefusesAConnect() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        icmp(Kind.PORT_UNREACHABLE);
        peer.seesNothing();
        conn.isIn(TcpState.CLOSED).failedWith(Errno.ECONNREFUSED);
    }

    @Test
    void anErrorAboutAnUnknownConnectionIsIgnored() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        conn.close();
        icmp(Kind.PORT_UNREACHABLE);
        icmpTooBig(1_400);
        peer.seesNothing();
    }

    @Test
    void aConnectThatTimesOutAfterAnErrorSaysWhatItWas() {
        Conn conn = host.connect(peer, options -> options.tcp.synRetries = 1);
        peer.sees(syn(0));
        icmp(Kind.HOST_UNREACHABLE);
        afterWhatever(10_000);
        peer.seesWhatever();
        conn.isIn(TcpState.CLOSED).failedWith(Errno.EHOSTUNREACH);
    }
}
