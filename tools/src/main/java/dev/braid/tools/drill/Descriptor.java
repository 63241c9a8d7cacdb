package dev.braid.tools.drill;

import dev.braid.stack.socket.PollEvents;

/** What a number of the descriptor table stands for. */
abstract sealed class Descriptor permits SocketDescriptor, EpollDescriptor, PipeDescriptor {
    private boolean nonBlocking;
    private long wakeups;

    /** O_NONBLOCK. */
    final boolean isNonBlocking() {
        return nonBlocking;
    }

    final void nonBlocking(boolean on) {
        nonBlocking = on;
    }

    /** What poll(2) says of it: bits of {@link PollEvents}. */
    abstract int pollEvents();

    /** The program lets go of it. */
    abstract Reply close(long nowNs);

    /** How often something happened to it so far: what edge-triggered epoll looks at. */
    final long wakeups() {
        return wakeups;
    }

    /** Something happened to it. */
    final void wake() {
        wakeups++;
    }
}
