package dev.braid.fastpath.frame;

/**
 * A length or offset taken from a packet reaches outside its frame. Whoever took the frame in turns this into a named drop; it
 * never crosses the core's boundary. One shared instance without a stack trace: hostile input must not cost allocations.
 */
public final class FrameBoundsException extends RuntimeException {
    static final FrameBoundsException INSTANCE = new FrameBoundsException();

    private static final long serialVersionUID = 1L;

    private FrameBoundsException() {
        super("an offset from the packet lies outside its frame", null, false, false);
    }
}
