package dev.braid.tundriver.device;

import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.Waiter;
import dev.braid.tundriver.poll.Poller;
import java.util.ArrayList;
import java.util.List;

/** Sleeps until a TUN has a frame or its link has changed, or somebody rings. A dead device is watched no longer. */
final class TunWaiter implements Waiter {
    private final Poller poller = Poller.open();
    private final List<TunDevice> devices = new ArrayList<>();

    TunWaiter(List<FrameDevice> watched) {
        try {
            for (FrameDevice device : watched) {
                watch(device);
            }
        } catch (RuntimeException e) {
            poller.close();
            throw e;
        }
    }

    /** Even tokens are frames, odd ones link changes. */
    private void watch(FrameDevice device) {
        if (!(device instanceof TunDevice tun)) {
            throw new IllegalArgumentException(device.name() + " is no TUN device");
        }
        boolean first = devices.stream().noneMatch(other -> other.linkDescriptor() == tun.linkDescriptor());
        poller.add(tun.descriptor(), 2 * devices.size());
        if (first) {
            poller.add(tun.linkDescriptor(), 2 * devices.size() + 1);
        }
        devices.add(tun);
    }

    @Override
    public void prepare() {
        poller.prepare();
    }

    @Override
    public void cancel() {
        poller.cancel();
    }

    @Override
    public void await(long timeoutNs) {
        poller.await(timeoutNs);
        for (int i = 0, n = poller.ready(); i < n; i++) {
            int token = poller.token(i);
            if (token >= 0) {
                onReady(devices.get(token >> 1), (token & 1) != 0, poller.failed(i));
            }
        }
    }

    private void onReady(TunDevice device, boolean link, boolean failed) {
        if (link) {
            device.lookAtLink();
        } else if (failed || device.isDead()) {
            // Its descriptor stays in error for ever, and would end every sleep at once.
            poller.remove(device.descriptor());
            device.die();
        }
    }

    @Override
    public void wake() {
        poller.wake();
    }

    @Override
    public void close() {
        poller.close();
    }
}
