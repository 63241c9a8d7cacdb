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

    /** The connection is to end with a reset that carries options. */
    void demandReset(long nowNs);

    /** {@link UpperLayer#receiveWindow} has grown: TCP announces it when that is worth a segment. */
    void windowChanged(long nowNs);

    /**
     * Takes the upper layer off a live connection, which goes on as plain TCP.
     *
     * @param successor the user from now on; {@code null} = nobody: it ends by itself, as after {@code close}
     */
    void detach(@Nullable ConnectionUser successor, long nowNs);
}
