package dev.braid.tools.demo;

import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.testbed.PathSpec;
import java.util.List;

/**
 * What a demo does.
 *
 * @param paths the first of them is the one that is pulled
 * @param bytes to move in each direction
 * @param awayNs for how long the path is away
 * @param besideKernel whether the kernel does the same afterwards
 */
record DemoPlan(List<PathSpec> paths, StreamProtocol protocol, long bytes, Pull pull, long awayNs,
        boolean besideKernel) {
    private static final long WARM_UP_BYTES = 16 << 20;

    /** The same without a pull, and short. */
    DemoPlan warmUp() {
        return new DemoPlan(paths, protocol, Math.min(bytes, WARM_UP_BYTES), Pull.NONE, awayNs, false);
    }

    /** The nominal rate of all paths together, Mbit/s. */
    int capacityMbit() {
        return paths.stream().mapToInt(PathSpec::mbit).sum();
    }
}
