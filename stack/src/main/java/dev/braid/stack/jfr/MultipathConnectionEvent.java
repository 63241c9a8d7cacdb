package dev.braid.stack.jfr;

import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.tcp.TcpFailure;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A Multipath TCP connection from its establishment until it is over. */
@Name("dev.braid.MultipathConnection")
@Label("Multipath TCP Connection")
@Description("A Multipath TCP connection, from its establishment until it is over; its duration is the connection's")
final class MultipathConnectionEvent extends MultipathEvent {
    @Label("Seen Whole")
    @Description("Whether it began while the recording ran; the duration is unknown otherwise") boolean whole;

    @Label("Local")
    @Description("Local address and port that it began with") String local = "";

    @Label("Remote")
    @Description("Remote address and port that it began with") String remote = "";

    @Label("End")
    @Description("Closed, or why it ended before its time") String end = "";

    @Label("Fallback")
    @Description("Why it went on as plain TCP; empty where it did not") String fallback = "";

    @Label("Subflows")
    @Description("Subflows that were ever established") int subflows;

    @Label("Bytes Acknowledged")
    @Description("Payload the peer acknowledged at the data level")
    @DataAmount long bytesAcked;

    @Label("Bytes Received")
    @Description("Payload received in order")
    @DataAmount long bytesReceived;

    @Label("Bytes Given Again")
    @Description("Payload given to another subflow because the first did not bring it to the peer")
    @DataAmount long bytesRetrans;

    void fill(MptcpConnection connection) {
        name(connection);
        local = TcpEvent.endpoint(connection.localHi(), connection.localLo(), connection.localPort());
        remote = TcpEvent.endpoint(connection.remoteHi(), connection.remoteLo(), connection.remotePort());
        TcpFailure failure = connection.failure();
        end = failure == null ? "CLOSED" : failure.name();
        FallbackReason reason = connection.fallbackReason();
        fallback = reason == null ? "" : reason.name();
        MptcpInfo info = connection.multipathInfo(0);
        subflows = info.subflowsEver;
        bytesAcked = info.bytesAcked;
        bytesReceived = info.bytesReceived;
        bytesRetrans = info.bytesRetrans;
    }
}
