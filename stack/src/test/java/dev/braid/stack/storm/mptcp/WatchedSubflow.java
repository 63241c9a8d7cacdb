package dev.braid.stack.storm.mptcp;

import org.jspecify.annotations.Nullable;

/** A subflow, or a connection of plain TCP, as one of its hosts shows it at its links. */
final class WatchedSubflow {
    /** The field can say no more. */
    private static final int MOST_FIELD = 0xffff;

    /** This host opened it. */
    final boolean opened;
    final int isnLocal;
    private final int isnRemote;
    /** The window of the peer's SYN, in bytes: it is never scaled. */
    final int firstWindow;
    private final boolean scaled;
    private final int localShift;
    private final int remoteShift;
    @Nullable WatchedConnection connection;
    /** Data may be sent on it: it is the first, or the third or fourth packet of its handshake came. */
    boolean proved;
    final WatchedMappings sent = new WatchedMappings();
    private final WatchedMappings declared = new WatchedMappings();
    private final NumberSet payload = new NumberSet();
    /** Behind the last byte that any window of its own which arrived allows. */
    private long edge;

    /** A SYN, as one of the two hosts saw it. */
    record Syn(int isn, int shift, int joinToken, boolean joins, int window) {}

    WatchedSubflow(boolean opened, Syn local, Syn remote) {
        this.opened = opened;
        isnLocal = local.isn;
        isnRemote = remote.isn;
        localShift = local.shift;
        remoteShift = remote.shift;
        scaled = localShift >= 0 && remoteShift >= 0;
        firstWindow = remote.window;
        edge = 1L + firstWindow;
    }

    /** What a window field of this host's means. */
    long windowOfLocal(int field) {
        return (long) field << (scaled ? localShift : 0);
    }

    /** What a window field of the peer's means. */
    long windowOfRemote(int field) {
        return (long) field << (scaled ? remoteShift : 0);
    }

    long mostWindowOfLocal() {
        return windowOfLocal(MOST_FIELD);
    }

    long ssnOfLocal(int seq) {
        return Integer.toUnsignedLong(seq - isnLocal);
    }

    long ssnOfRemote(int seq) {
        return Integer.toUnsignedLong(seq - isnRemote);
    }

    void windowArrives(int ack, long window) {
        edge = Math.max(edge, (ack - isnLocal) + window);
    }

    /** "Data will not be sent to a middlebox unless there is enough buffering for the data" (RFC 8684 section 3.3.5). */
    String payloadLeaves(long start, int bytes) {
        // A window that stays closed is probed with a byte of what was written (RFC 9293 section 3.8.6.1).
        return bytes > 1 && start + bytes > edge
                ? "sent " + (start + bytes - edge) + " bytes beyond the subflow's window"
                : "";
    }

    void mappingArrives(WatchedConnection whose, long start, long end, long place) {
        if (declared.declare(start, end, place)) {
            payload.within(start, end, (from, to) -> whose.dataArrives(place + from - start, place + to - start));
        }
    }

    void payloadArrives(WatchedConnection whose, long start, long end) {
        payload.add(start, end);
        declared.locate(start, end, (from, to, place) -> whose.dataArrives(place, place + to - from));
    }
}
