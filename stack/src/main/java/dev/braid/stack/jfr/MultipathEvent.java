package dev.braid.stack.jfr;

import dev.braid.stack.mptcp.MptcpConnection;
import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;

/** What every event about one Multipath TCP connection tells. */
@Category({"Braid", "Multipath TCP"})
@StackTrace(false) // always the core's
abstract class MultipathEvent extends Event {
    @Label("Token")
    @Description("The connection's token at this end, as ss prints it") String token = "";

    final void name(MptcpConnection connection) {
        token = String.format(Locale.ROOT, "%08x", connection.token());
    }
}
