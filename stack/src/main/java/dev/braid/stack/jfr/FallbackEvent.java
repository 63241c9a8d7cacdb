package dev.braid.stack.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A connection goes on as plain TCP. */
@Name("dev.braid.Fallback")
@Label("Multipath TCP Fallback")
@Description("A connection goes on as plain TCP over the one subflow it has (RFC 8684 section 3.7)")
final class FallbackEvent extends MultipathEvent {
    @Label("Local")
    @Description("Local address and port") String local = "";

    @Label("Remote")
    @Description("Remote address and port") String remote = "";

    @Label("Reason") String reason = "";
}
