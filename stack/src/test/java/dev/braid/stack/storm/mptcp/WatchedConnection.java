package dev.braid.stack.storm.mptcp;

import dev.braid.stack.script.mptcp.MpCrypto;

/**
 * A connection as one of its hosts shows it at its links: what it sends, and what arrives there. Data is counted from each direction's
 * initial number, so the first byte is at 1.
 */
final class WatchedConnection {
    private static final int NEVER = -1;

    final int localToken;
    final int remoteToken;
    /** An option came on a segment without SYN: they pass. */
    boolean optionsPass;
    private final long idsnLocal;
    private final long idsnRemote;

    /** Behind the last byte that any window which arrived lets this host send. */
    private long peerEdge;
    /** The highest DATA_ACK that arrived. */
    private long acknowledged = 1;
    /** Where this host's DATA_FIN is. */
    private long fin = NEVER;
    /** Behind the last byte that this host sent. */
    private long sentEnd = 1;

    /** What arrived of the peer's data with a mapping, its DATA_FIN included. */
    private final NumberSet arrived = new NumberSet();
    /** The highest DATA_ACK that this host sent, and the right edge of the window that it told. */
    private long told = 1;
    private long toldEdge;

    WatchedConnection(long localKey, long remoteKey) {
        localToken = MpCrypto.token(localKey);
        remoteToken = MpCrypto.token(remoteKey);
        idsnLocal = MpCrypto.idsn(localKey);
        idsnRemote = MpCrypto.idsn(remoteKey);
    }

    // What arrives.

    void windowArrives(long window) {
        peerEdge = Math.max(peerEdge, acknowledged + window);
    }

    void dataAckArrives(long number, boolean whole) {
        acknowledged = Math.max(acknowledged, place(number, whole, idsnLocal, acknowledged));
    }

    /** The peer's data from {@code start} to before {@code end}, or its DATA_FIN. */
    void dataArrives(long start, long end) {
        arrived.add(start, end);
    }

    /** Where a number of the peer's is. */
    long arriving(long dsn, boolean whole) {
        return place(dsn, whole, idsnRemote, told);
    }

    // What leaves: each answers what is wrong with it, or nothing.

    /** Where a number of this host's is. */
    long leaving(long dsn, boolean whole) {
        return place(dsn, whole, idsnLocal, sentEnd);
    }

    /** "A receiver MUST NOT shrink the right edge of the receive window" (RFC 8684 section 3.3.4), on whichever subflow. */
    String dataAckLeaves(long number, boolean whole, long window, long mostWindow) {
        long ack = place(number, whole, idsnRemote, told);
        long edge = ack + window;
        String wrong = "";
        if (ack < told) {
            wrong = "the DATA_ACK went back from " + told + " to " + ack;
        } else if (ack > arrived.firstMissing(1)) {
            wrong = "DATA_ACK " + ack + " where the first byte that never came is " + arrived.firstMissing(1);
        } else if (edge < toldEdge && window < mostWindow) {
            wrong = "the window's right edge shrank by " + (toldEdge - edge) + " bytes to " + edge;
        }
        told = Math.max(told, ack);
        toldEdge = Math.max(toldEdge, edge);
        return wrong;
    }

    /** Nothing is sent beyond the window, or behind the DATA_FIN (sections 3.3.5 and 3.3.3). */
    String dataLeaves(long start, long end) {
        sentEnd = Math.max(sentEnd, end);
        if (end > peerEdge) {
            return "sent " + start + ".." + end + ", " + (end - peerEdge) + " bytes beyond the window";
        }
        return fin != NEVER && end > fin ? "sent " + end + " behind the DATA_FIN at " + fin : "";
    }

    /** There is one DATA_FIN, behind all data (section 3.3.3). */
    String finLeaves(long place) {
        String wrong = fin != NEVER && fin != place
                ? "a DATA_FIN at " + place + " after one at " + fin
                : place < sentEnd ? "a DATA_FIN at " + place + " with data sent to " + sentEnd : "";
        fin = place;
        return wrong;
    }

    /** A number, of which perhaps the low half alone was said, near {@code reference}. */
    private static long place(long number, boolean whole, long idsn, long reference) {
        long near = idsn + reference;
        return (whole ? number : near + ((int) number - (int) near)) - idsn;
    }
}
