package dev.braid.stack.jfr;

import dev.braid.stack.mptcp.path.PathSubflow;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

/** A subflow from when data may be sent on it until it is gone. */
@Name("dev.braid.Subflow")
@Label("Subflow")
@Description("A subflow of a Multipath TCP connection, while data may be sent on it; a subflow that never came to be has no duration")
final class SubflowEvent extends MultipathEvent {
    @Label("Number")
    @Description("Its number within the connection, 0 for the first") int number;

    @Label("Local")
    @Description("Local address and port") String local = "";

    @Label("Remote")
    @Description("Remote address and port") String remote = "";

    @Label("Local Address ID") int localId;

    @Label("Remote Address ID") int remoteId;

    @Label("Opened Here")
    @Description("Whether this end opened it") boolean initiated;

    @Label("Established")
    @Description("Whether it ever was") boolean established;

    @Label("Backup")
    @Description("Whether either end wanted it only where no other path is") boolean backup;

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

    void fill(PathSubflow subflow, Tcb tcb) {
        number = subflow.number();
        local = TcpEvent.endpoint(tcb.localHi(), tcb.localLo(), tcb.localPort());
        remote = TcpEvent.endpoint(tcb.remoteHi(), tcb.remoteLo(), tcb.remotePort());
        localId = subflow.localId();
        remoteId = subflow.remoteId();
        initiated = subflow.initiated();
        established = subflow.established();
        backup = subflow.backup();
        TcpFailure failure = tcb.failure();
        end = failure == null ? "CLOSED" : failure.name();
        bytesAcked = tcb.bytesAcked();
        bytesReceived = tcb.bytesReceived();
        retransmits = tcb.retransmits();
        srtt = tcb.srttNs();
    }
}
