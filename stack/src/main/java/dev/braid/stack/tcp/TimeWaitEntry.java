package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/** What is remembered of a connection in TIME-WAIT: enough to acknowledge its last FIN again and to judge a new SYN. */
final class TimeWaitEntry {
    int scope;
    long localHi;
    long localLo;
    long remoteHi;
    long remoteLo;
    int localPort;
    int remotePort;
    int sndNxt;
    int rcvNxt;
    int window;
    boolean timestamps;
    int tsRecent;
    int tsOffset;
    /** Grows with every entry whose stay begins, or begins again. */
    long serial;

    /** When its stay began: all stay equally long, as long as is configured now. */
    long sinceNs;
    long answeredNs;
    @Nullable TimeWaitEntry previous;
    @Nullable TimeWaitEntry next;
}
