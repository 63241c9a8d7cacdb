package dev.braid.tundriver.device;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.offload.VirtioVerdict;
import dev.braid.tundriver.sys.Errno;

/**
 * What a device counts. The counters of reading belong to the receiving thread, those of writing to the transmitting
 * one; several devices on one thread share them.
 */
final class TunCounters {
    /** Packets dropped because no frame was left to hold them. */
    final Counter receiveNoFrame;
    /** Reads that failed for another reason than an empty queue. */
    final Counter receiveErrors;
    /** Devices that were deleted, or broke, while open. */
    final Counter gone;

    private final Counter[] malformed = new Counter[VirtioVerdict.values().length];
    private final Counter transmitFull;
    private final Counter transmitDown;
    private final Counter transmitRefused;
    private final Counter transmitErrors;

    /** Counters whose names begin with the kind of device, such as {@code Tun}. */
    TunCounters(Counters counters, String kind) {
        receiveNoFrame = counters.counter(kind + "ReceiveDropNoFrame");
        receiveErrors = counters.counter(kind + "ReceiveErrors");
        gone = counters.counter(kind + "Gone");
        for (VirtioVerdict verdict : VirtioVerdict.values()) {
            malformed[verdict.ordinal()] = counters.counter(kind + "ReceiveDrop" + reason(verdict));
        }
        transmitFull = counters.counter(kind + "TransmitDropFull");
        transmitDown = counters.counter(kind + "TransmitDropDown");
        transmitRefused = counters.counter(kind + "TransmitDropRefused");
        transmitErrors = counters.counter(kind + "TransmitDropError");
    }

    private static String reason(VirtioVerdict verdict) {
        return switch (verdict) {
            case ACCEPTED -> "Runt";
            case CHECKSUM_PLACE -> "VirtioChecksumPlace";
            case GSO_TYPE -> "VirtioGsoType";
            case GSO_SIZE -> "VirtioGsoSize";
            case GSO_HEADERS -> "VirtioGsoHeaders";
            case TOO_LONG -> "TooLong";
        };
    }

    /** Packets too short for even a virtio header. */
    Counter runt() {
        return malformed[VirtioVerdict.ACCEPTED.ordinal()];
    }

    /** Packets whose virtio header was refused for this reason. */
    Counter malformed(VirtioVerdict verdict) {
        return malformed[verdict.ordinal()];
    }

    /** The reason to drop a frame whose write gave this negative error number. */
    Counter transmitDrop(int answer) {
        return switch (-answer) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> transmitFull;
            case Errno.EIO, Errno.ENETDOWN, Errno.EBADFD, Errno.ENODEV -> transmitDown;
            case Errno.EINVAL, Errno.EMSGSIZE -> transmitRefused;
            default -> transmitErrors;
        };
    }
}
