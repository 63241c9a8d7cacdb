package dev.braid.stack.jfr;

import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

/** A connection from its SYN until it is closed or in TIME-WAIT. */
@Name("dev.braid.Connection")
@Label("TCP Connection")
@Description("A TCP connection, from its SYN until both ends are closed; its duration is the connection's")
final class ConnectionEvent extends TcpEvent {
    @Label("Seen Whole")
    @Description("Whether it began while the recording ran; the duration is unknown otherwise") boolean whole;

    @Label("End")
    @Description("Closed, or why it ended before its time") String end = "";

    @Label("Bytes Acknowledged")
    @Description("Payload the peer acknowledged")
    @DataAmount long bytesAcked;

    @Label("Bytes Received")
    @Description("Payload received in order")
    @DataAmount long bytesReceived;

    @Label("Retransmits")
    @Description("Segments sent again") long retransmits;

    @Label("Smoothed Round Trip")
    @Description("Last smoothed round-trip time; 0 without a sample")
    @Timespan(Timespan.NANOSECONDS) long srtt;

    void fill(Tcb tcb) {
        name(tcb);
        TcpFailure failure = tcb.failure();
        end = failure == null ? "CLOSED" : failure.name();
        bytesAcked = tcb.bytesAcked();
        bytesReceived = tcb.bytesReceived();
        retransmits = tcb.retransmits();
        srtt = tcb.srttNs();
    }
}
