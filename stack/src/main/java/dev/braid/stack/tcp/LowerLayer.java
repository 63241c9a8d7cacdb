package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.Chunk;
import org.jspecify.annotations.Nullable;

/** What an {@link UpperLayer} may ask of the TCB below it. Core thread only; the work is done in the next flush. */
public interface LowerLayer {
    /** Queues payload; retains the chunk. From within {@link UpperLayer#pull}, or before a plain {@code append}. */
    void append(Chunk chunk, int offset, int length);

    /** There is something to {@link UpperLayer#pull} again. */
    void dataReady();

    /** An ACK that carries options must go out, though TCP itself owes none. */
    void demandAck();

    /** The same, of an ACK without payload: only that has room for options beside the ones that data has. */
    void demandPureAck();

    /**
     * The peer is to say where it stands though nothing is owed to it: a segment leaves that it must answer (RFC 9293 section 3.10.7.4,
     * first check). It brings one octet below SND.UNA, as keep-alives may (RFC 9293 section 3.8.4): segments without data that are out
     * of the window are answered by hosts only now and then, so that two of them do not answer one another for ever (RFC 5961
     * section 7), but what looks like a retransmission always is.
     */
    void demandProbe();

    /**
     * There is reason to doubt that the peer still has the connection, which its reset would tell (RFC 9293 section 3.5.1). It is asked by
     * segments without data, with back-off, until it answers or has left as many questions unanswered as data is sent again.
     *
     * @return false when it is being asked already: no segment leaves now
     */
    boolean demandAnswer(long nowNs);

    /** The connection is to end with a reset that carries options. */
    void demandReset(long nowNs);

    /** {@link UpperLayer#receiveWindow} has grown so much that the peer is to hear of it now, by a segment of its own if need be. */
    void windowChanged(long nowNs);

    /** The path is known to have been out of order, and to work again: what waits for the backed-off timer goes now. */
    void pathAnswers(long nowNs);

    /**
     * How much the upper layer has room for in all, in payload bytes: so many behind RCV.NXT are taken whatever window is advertised,
     * and what waits here out of order is bounded by three halves of it in true size. Until it is said, the TCB's own settings count.
     */
    void receiveBuffer(int bytes);

    /** The program has taken all that was delivered: an acknowledgement that waited for that goes now. */
    void allRead();

    /**
     * Takes the upper layer off a live connection, which goes on as plain TCP.
     *
     * @param successor the user from now on; {@code null} = nobody: it ends by itself, as after {@code close}
     */
    void detach(@Nullable ConnectionUser successor, long nowNs);
}
