package dev.braid.stack.mptcp;

import dev.braid.stack.PatternProgram;
import dev.braid.stack.tcp.Connection;

/** A program on one end of a connection over several paths. */
final class Program extends PatternProgram {
    MptcpConnection connection;

    Program(PathsWorld world) {
        super(world.chunks, world.clock);
    }

    @Override
    protected Connection used() {
        return connection;
    }
}
