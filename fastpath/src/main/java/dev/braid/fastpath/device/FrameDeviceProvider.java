package dev.braid.fastpath.device;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import java.util.List;

/** Opens devices of one kind. Found by {@link java.util.ServiceLoader}, so that a user adds one jar. */
public interface FrameDeviceProvider {
    /** The kind it opens, for example {@code tun}. */
    String kind();

    /**
     * Opens a device, making and configuring it if it is not there; undone when the device is closed.
     *
     * @param index the number that frames of this device carry
     * @param frames where received frames are taken from; the receiving thread owns it
     * @param counters gets the device's counters
     * @param events told of changes, on the receiving thread
     * @throws DeviceException with one line that says which device, which call, why, and what to do
     */
    List<FrameDevice> open(DeviceSpec spec, int index, FramePool frames, Counters counters, DeviceEvents events);

    /** Something to sleep on until one of these devices, all of this provider, has a frame. May be empty: doorbell only. */
    Waiter waiter(List<FrameDevice> devices);
}
