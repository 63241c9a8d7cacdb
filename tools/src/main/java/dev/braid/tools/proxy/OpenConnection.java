package dev.braid.tools.proxy;

import dev.braid.tools.host.Connected;
import dev.braid.tools.host.Target;

/** A connection that is being carried. Any thread. */
public final class OpenConnection {
    private final long id;
    private final Target target;
    private final Connected connected;
    private final Traffic traffic;
    private final long sinceNs;

    OpenConnection(long id, Target target, Connected connected, Traffic traffic, long sinceNs) {
        this.id = id;
        this.target = target;
        this.connected = connected;
        this.traffic = traffic;
        this.sinceNs = sinceNs;
    }

    /** A number that no other connection of the proxy had, rising. */
    public long id() {
        return id;
    }

    /** Where the client wanted to go, and who it is. */
    public Target target() {
        return target;
    }

    /** The channel, the link it began over, and why that one. The channel is for looking only. */
    public Connected connected() {
        return connected;
    }

    /** Bytes carried from the client. */
    public long bytesUp() {
        return traffic.up();
    }

    /** Bytes carried to the client. */
    public long bytesDown() {
        return traffic.down();
    }

    /** When it was connected, on {@link System#nanoTime}. */
    public long sinceNs() {
        return sinceNs;
    }
}
