package dev.braid.bench.worker;

import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.poll.Poller;
import dev.braid.tundriver.tun.Tun;
import dev.braid.tundriver.tun.TunOptions;
import dev.braid.tundriver.tun.TunQueue;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * Two TUNs in two namespaces whose frames one thread copies across, virtio headers and all: what the kernel's TCP reaches when
 * each packet takes a turn through user space.
 */
final class RelayRole implements Worker.Role {
    private static final int FRAME = TunQueue.HEADER_BYTES + 65_536;
    /** Frames from one side before the other's turn. */
    private static final int BATCH = 16;

    private final Tally tally = new Tally();
    private final Poller poller = Poller.open();
    private final Arena arena = Arena.ofShared();
    private final long frame = Memory.allocate(arena, FRAME, 64);
    private final TunQueue near;
    private final TunQueue far;

    RelayRole(Message description) {
        TunOptions options = TunOptions.named(description.text("tun"))
                .offloads(description.flag("offloads") ? TunOptions.ALL_OFFLOADS : 0);
        near = Tun.open(options).queue();
        try (NetworkNamespace other = NetworkNamespace.enter(Path.of(description.text("namespace")))) {
            far = other.call(() -> Tun.open(options)).queue();
        }
        poller.add(near.descriptor(), 0);
        poller.add(far.descriptor(), 1);
        Thread.ofPlatform().daemon().name("relay").start(this::run);
    }

    private void run() {
        while (true) {
            if (copy(near, far) + copy(far, near) == 0) {
                poller.await(Long.MAX_VALUE);
            }
        }
    }

    private int copy(TunQueue from, TunQueue to) {
        int frames = 0;
        for (; frames < BATCH; frames++) {
            int bytes = from.receive(frame, FRAME);
            if (bytes <= 0) {
                break;
            }
            to.send(frame, bytes);
        }
        return frames;
    }

    @Override
    public Message order(Message order) {
        return tally.order(order);
    }

    @Override
    public void close() {
        // Devices and thread end with the process.
    }
}
