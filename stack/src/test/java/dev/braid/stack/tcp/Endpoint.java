package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.PatternProgram;
import org.jspecify.annotations.Nullable;

/** A program on one TCB. */
final class Endpoint extends PatternProgram {
    Tcb tcb;
    @Nullable TcpFailure refused;

    Endpoint(TwoHosts world) {
        super(world.chunks, world.clock);
    }

    @Override
    protected Connection used() {
        return tcb;
    }

    void assertRead(long bytes) {
        assertThat(read).isEqualTo(bytes);
    }
}
