package dev.braid.stack.nio;

/** A channel that the stack's selectors can watch. */
interface Selectable {
    /** The operations of {@code SelectionKey} that would not block now. Any thread. */
    int readyOperations();

    /** The keys it is registered under. */
    ReadyKeys readyKeys();
}
