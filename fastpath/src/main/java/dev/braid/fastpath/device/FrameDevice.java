package dev.braid.fastpath.device;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;

/**
 * Something frames come from and go to: a TUN queue, a simulated link, a capture file.
 *
 * <p>One thread receives and one thread transmits; they may differ. Nothing pushes back below a device: a frame that it cannot
 * take is dropped under a counter of the device's own.
 */
public interface FrameDevice extends AutoCloseable {
    /** The device's name, for example {@code tun0}. */
    String name();

    /** The largest packet, in bytes of IP, that leaves or arrives uncut. May change while the device is open. */
    int mtu();

    /** What the device does for its user: an OR of the bits in {@link Offloads}. */
    int offloads();

    /**
     * Adds frames that have arrived to {@code batch} until it is full or none is left; never waits.
     *
     * @return how many were added; the batch owns them
     */
    int receive(FrameBatch batch);

    /** Sends a frame, super or not, and releases it, also when the device refuses it. */
    void transmit(Frame frame);

    /** Closes the device. The frames it still holds are released. */
    @Override
    void close();
}
