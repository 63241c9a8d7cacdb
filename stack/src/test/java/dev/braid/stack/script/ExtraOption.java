package dev.braid.stack.script;

/**
 * A TCP option that segments of scripts know nothing of but that it is there: what it says, and how it looks on the wire, is its
 * peer's business ({@link Peer#extraBytes} and {@link Peer#understand}).
 */
public interface ExtraOption {
    /** Whether an option seen on the wire, of which everything is known, agrees with all that this one names. */
    boolean matches(ExtraOption seen);

    /** What a segment that {@linkplain Seg#lacks lacks} options of its kind must name. */
    String name();
}
