package dev.braid.stack.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A connection found no room in a listener's backlog. */
@Name("dev.braid.ListenOverflow")
@Label("TCP Listen Overflow")
@Description("A connection found no room in a listener's backlog: the program accepts too slowly")
@Category({"Braid", "TCP"})
@StackTrace(false)
final class ListenOverflowEvent extends Event {
    @Label("Local")
    @Description("Address and port listened on") String local = "";
}
