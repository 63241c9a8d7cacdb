package dev.braid.stack.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A segment was sent again. */
@Name("dev.braid.Retransmission")
@Label("TCP Retransmission")
@Description("A segment or super-segment was sent again")
final class RetransmissionEvent extends TcpEvent {
    @Label("Repair")
    @Description("FAST_RETRANSMIT or RETRANSMIT_RTO") String repair = "";

    @Label("Bytes")
    @Description("Payload; 0 for a SYN or a bare FIN")
    @DataAmount long bytes;
}
