package dev.braid.stack.mptcp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of the connection's stream that are to go again over another subflow than the one that has not brought them to the peer (RFC
 * 8684 section 3.3.6), lowest position first, none overlapping another. Core thread only; reinjection is rare, and may allocate.
 */
final class Reinjections {
    /** A piece; {@code from} carried it before, {@code null} when that one is gone or has brought it as far as it could. */
    private record Piece(long start, long end, @Nullable Subflow from) {}

    private final List<Piece> pieces = new ArrayList<>();

    /** Whether nothing is to go again. */
    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Bytes that are to go again. */
    long bytes() {
        long bytes = 0;
        for (Piece piece : pieces) {
            bytes += piece.end - piece.start;
        }
        return bytes;
    }

    /** Where the first piece begins. */
    long start() {
        return pieces.getFirst().start;
    }

    /** Where it ends. */
    long end() {
        return pieces.getFirst().end;
    }

    /** Which subflow must not carry it, unless it is {@code null}. */
    @Nullable
    Subflow from() {
        return pieces.getFirst().from;
    }

    /** Adds a piece; where it overlaps others it takes their place. */
    void add(long start, long end, @Nullable Subflow from) {
        if (start >= end) {
            return;
        }
        int at = 0;
        for (int i = 0; i < pieces.size();) {
            Piece piece = pieces.get(i);
            if (piece.end <= start) {
                at = ++i;
            } else if (piece.start >= end) {
                break;
            } else {
                pieces.remove(i);
                if (piece.start < start) {
                    pieces.add(i++, new Piece(piece.start, start, piece.from));
                    at = i;
                }
                if (piece.end > end) {
                    pieces.add(i, new Piece(end, piece.end, piece.from));
                    break;
                }
            }
        }
        pieces.add(at, new Piece(start, end, from));
        joinWithNext(at);
        joinWithNext(at - 1);
    }

    private void joinWithNext(int at) {
        if (at < 0 || at + 1 >= pieces.size()) {
            return;
        }
        Piece piece = pieces.get(at);
        Piece next = pieces.get(at + 1);
        if (piece.end == next.start && piece.from == next.from) {
            pieces.set(at, new Piece(piece.start, next.end, piece.from));
            pieces.remove(at + 1);
        }
    }

    /** What lies before this position is done: it was sent again from the first piece, or is acknowledged. */
    void done(long upTo) {
        while (!pieces.isEmpty() && pieces.getFirst().end <= upTo) {
            pieces.removeFirst();
        }
        if (!pieces.isEmpty() && pieces.getFirst().start < upTo) {
            Piece piece = pieces.getFirst();
            pieces.set(0, new Piece(upTo, piece.end, piece.from));
        }
    }

    /** The subflow is gone: whoever is left may carry what it had. */
    void forget(Subflow gone) {
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.from == gone) {
                pieces.set(i, new Piece(piece.start, piece.end, null));
            }
        }
    }

    /**
     * Pieces that their subflow has brought to its peer meanwhile, whose connection yet lacks them, may go over whichever, that one
     * included: it may be the only one left.
     *
     * @return whether there were any
     */
    boolean letAllCarryWhatWasBrought() {
        boolean any = false;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.from != null && piece.from.mappings.inFlightUpTo(piece.start) == piece.start) {
                pieces.set(i, new Piece(piece.start, piece.end, null));
                any = true;
            }
        }
        return any;
    }

    /** Nothing is to go again. */
    void clear() {
        pieces.clear();
    }
}
