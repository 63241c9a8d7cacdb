package dev.braid.tundriver.device;

import dev.braid.tundriver.tun.Tun;

/** A TUN whose queues are devices of their own: closed when the last of them is. */
final class SharedTun {
    private final Tun tun;
    private final LinkWatch watch;
    private int users;

    SharedTun(Tun tun, LinkWatch watch) {
        this.tun = tun;
        this.watch = watch;
        this.users = tun.queues().size();
    }

    String name() {
        return tun.name();
    }

    int offloads() {
        return tun.offloads();
    }

    LinkWatch watch() {
        return watch;
    }

    synchronized void release() {
        if (--users == 0) {
            tun.close();
            watch.close();
        }
    }
}
