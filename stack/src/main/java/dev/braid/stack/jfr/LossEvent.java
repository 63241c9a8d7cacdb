package dev.braid.stack.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Loss was found, and the congestion control has answered it. */
@Name("dev.braid.Loss")
@Label("TCP Loss")
@Description("Acknowledgements or the retransmission timer told of loss; windows are those after the congestion control's answer")
final class LossEvent extends TcpEvent {
    @Label("Repair")
    @Description("FAST_RETRANSMIT or RETRANSMIT_RTO") String repair = "";

    @Label("Bytes Lost")
    @Description("What counts as lost now")
    @DataAmount long bytes;

    @Label("Congestion Window")
    @DataAmount long cwnd;

    @Label("Slow Start Threshold")
    @DataAmount long ssthresh;
}
