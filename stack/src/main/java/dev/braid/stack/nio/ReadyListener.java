package dev.braid.stack.nio;

/** Hears that a channel may be ready for something. Called on the core's thread; only marks and wakes. */
@FunctionalInterface
interface ReadyListener {
    /** Nobody listens. */
    ReadyListener NONE = () -> {};

    /** What the channel is ready for may have changed. */
    void onReadyChange();
}
