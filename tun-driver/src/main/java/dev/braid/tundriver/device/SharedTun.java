package dev.braid.tundriver.device;

import dev.braid.tundriver.tun.Tun;

/** A TUN whose queues are devices of their own: closed when the last of them is. */
final class SharedTun implements Attachment {
    private final Tun tun;
    private final LinkWatch watch;
    private int users;

    SharedTun(Tun tun, LinkWatch watch) {
        this.tun = tun;
        this.watch = watch;
        this.users = tun.queues().size();
    }

    @Override
    public String name() {
        return tun.name();
    }

    @Override
    public int offloads() {
        return tun.offloads();
    }

    @Override
    public Preamble preamble() {
        return Preamble.TUN;
    }

    @Override
    public LinkWatch watch() {
        return watch;
    }

    @Override
    public synchronized void release() {
        if (--users == 0) {
            tun.close();
            watch.close();
        }
    }
}
