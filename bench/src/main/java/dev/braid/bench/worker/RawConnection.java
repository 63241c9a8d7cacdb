package dev.braid.bench.worker;

import dev.braid.fastpath.wire.Seq;

/** What the raw peer remembers of a connection. Its one thread's own. */
final class RawConnection {
    final int localPort;
    final int remotePort;
    final int remoteAddress;
    /** Shift of the windows the client announces. */
    final int remoteScale;

    int iss;
    int sndUna;
    int sndNxt;
    int sndWnd;
    int rcvNxt;
    /** Bytes of stream received and in order. */
    long received;
    /** Bytes of stream sent, those that go out again not counted twice. */
    long sent;
    /** When a character generator stops; 0 before it was asked, and for all others. */
    long sendUntilNs;
    /** The sequence number of the FIN sent, once {@link #finished}. */
    int finSeq;
    boolean finished;
    boolean peerFinished;
    boolean ackDue;
    boolean wrong;
    boolean accounted;
    long progressNs;

    RawConnection(int localPort, int remotePort, int remoteAddress, int remoteScale, int iss, int irs) {
        this.localPort = localPort;
        this.remotePort = remotePort;
        this.remoteAddress = remoteAddress;
        this.remoteScale = remoteScale;
        this.iss = iss;
        this.sndUna = iss;
        this.sndNxt = iss + 1;
        this.rcvNxt = irs + 1;
    }

    /** Takes the acknowledgement and the window of an arriving segment. */
    void acknowledge(int ack, int window, long nowNs) {
        if (Seq.lessThan(sndUna, ack) && Seq.lessOrEqual(ack, sndNxt)) {
            sndUna = ack;
            progressNs = nowNs;
        }
        sndWnd = window << remoteScale;
    }

    /** Bytes that the client's window still takes. */
    int room() {
        return sndWnd - Seq.diff(sndNxt, sndUna);
    }

    /** Goes back to the first byte that is not acknowledged. */
    void repeat() {
        int unacknowledged = Seq.diff(sndNxt, sndUna) - (finished ? 1 : 0);
        sent -= unacknowledged;
        sndNxt = sndUna;
        finished = false;
    }

    /** Whether both sides have finished and everything is acknowledged. */
    boolean isOver() {
        return finished && peerFinished && sndUna == finSeq + 1;
    }
}
