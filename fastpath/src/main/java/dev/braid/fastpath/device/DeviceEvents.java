package dev.braid.fastpath.device;

/** Hears of a device's changes, on the thread that receives from it. */
@FunctionalInterface
public interface DeviceEvents {
    /** The device with this index is now up or down and has this MTU in bytes. */
    void onDevice(int device, boolean up, int mtu);
}
