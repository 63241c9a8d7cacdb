package dev.braid.stack.socket;

/** Which addresses a socket may be bound to. */
@FunctionalInterface
public interface LocalAddresses {
    /** Whether the address (two halves, IPv4 mapped) belongs to a link of this core. */
    boolean contains(long hi, long lo);
}
