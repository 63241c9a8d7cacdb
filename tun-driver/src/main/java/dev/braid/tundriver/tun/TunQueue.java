package dev.braid.tundriver.tun;

import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.IoVector;

/**
 * One descriptor of a TUN device, non-blocking: each read gives one frame, each write takes one. A frame is a virtio
 * header of {@value #HEADER_BYTES} bytes and an IP packet, up to 64 KiB where offloads are on.
 *
 * <p>One thread reads and one thread writes; they may differ. Nothing here allocates or throws: answers are byte counts
 * or negative error numbers.
 */
public final class TunQueue {
    /** Bytes of {@code struct virtio_net_hdr_mrg_rxbuf}, the header in front of every frame. */
    public static final int HEADER_BYTES = 12;
    /** The answer of a read when no frame is waiting. */
    public static final int NOTHING = -Errno.EAGAIN;

    private final int descriptor;

    /**
     * A queue over an open, non-blocking descriptor, such as one that another process opened and passed on. It stays the
     * caller's to close.
     */
    public TunQueue(int descriptor) {
        this.descriptor = descriptor;
    }

    /** For a {@code Poller}. */
    public int descriptor() {
        return descriptor;
    }

    /**
     * Reads one frame, filling the pieces in turn; a frame longer than all of them is cut off.
     *
     * @return its bytes with the header, {@link #NOTHING}, or another negative error number
     */
    public int receive(IoVector into) {
        return Descriptors.readv(descriptor, into);
    }

    /** As {@link #receive(IoVector)}, into one piece. */
    public int receive(long address, int length) {
        return Descriptors.read(descriptor, address, length);
    }

    /**
     * Writes one frame gathered from its pieces, the virtio header first.
     *
     * @return the bytes written, or a negative error number
     */
    public int send(IoVector from) {
        return Descriptors.writev(descriptor, from);
    }

    /** As {@link #send(IoVector)}, from one piece. */
    public int send(long address, int length) {
        return Descriptors.write(descriptor, address, length);
    }

    /**
     * Whether the error of a read means that the device is gone for good: EBADFD from a device that was deleted, EIO and
     * ENODEV from one on its way out, EFAULT from a reader woken by the deletion.
     */
    public static boolean isDead(int answer) {
        return answer == -Errno.EBADFD
                || answer == -Errno.ENODEV
                || answer == -Errno.EIO
                || answer == -Errno.EFAULT
                || answer == -Errno.EBADF;
    }
}
