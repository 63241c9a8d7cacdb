package dev.braid.stack.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/**
 * Frames were dropped for one reason during the last period. One event a reason and period, not one a frame: a flood must not
 * flood the recording, and each drop is counted under its reason anyway.
 */
@Name("dev.braid.Drop")
@Label("Dropped Frames")
@Description("Frames dropped for one reason since the event before")
@Category({"Braid", "Frames"})
@Period("1 s")
@StackTrace(false)
final class DropEvent extends Event {
    @Label("Stack")
    @Description("Name of the stack") String stack = "";

    @Label("Reason")
    @Description("Name of the counter") String reason = "";

    @Label("Count")
    @Description("Drops since the event before") long count;

    @Label("Total")
    @Description("Drops since the stack began") long total;
}
