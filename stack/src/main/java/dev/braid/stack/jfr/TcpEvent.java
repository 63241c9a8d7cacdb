package dev.braid.stack.jfr;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.Tcb;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;

/** What every event about one connection tells. */
@Category({"Braid", "TCP"})
@StackTrace(false) // always the core's
abstract class TcpEvent extends Event {
    @Label("Local")
    @Description("Local address and port") String local = "";

    @Label("Remote")
    @Description("Remote address and port") String remote = "";

    final void name(Tcb tcb) {
        local = endpoint(tcb.localHi(), tcb.localLo(), tcb.localPort());
        remote = endpoint(tcb.remoteHi(), tcb.remoteLo(), tcb.remotePort());
    }

    static String endpoint(long hi, long lo, int port) {
        var address = new IpAddress(hi, lo);
        return address.isIpv4() ? address + ":" + port : "[" + address + "]:" + port;
    }
}
