package dev.braid.stack.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A connection went from one state to another. */
@Name("dev.braid.StateChange")
@Label("TCP State Change")
@Description("A connection went from one state of RFC 9293 to another")
final class StateChangeEvent extends TcpEvent {
    @Label("Before") String before = "";

    @Label("After") String after = "";
}
