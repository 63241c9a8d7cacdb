package dev.braid.stack.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A subflow fell silent, or answered again. */
@Name("dev.braid.SubflowStale")
@Label("Subflow Stale")
@Description("A subflow fell silent while others did not, or answered again")
final class SubflowStaleEvent extends MultipathEvent {
    @Label("Number")
    @Description("The subflow's number within the connection") int number;

    @Label("Local")
    @Description("Local address and port") String local = "";

    @Label("Remote")
    @Description("Remote address and port") String remote = "";

    @Label("Stale")
    @Description("Whether it is silent from now on") boolean stale;
}
