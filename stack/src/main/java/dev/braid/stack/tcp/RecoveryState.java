package dev.braid.stack.tcp;

/**
 * How a sender stands to loss, in the kernel's five states; their ordinals are {@code tcpi_ca_state}. In the first two the
 * congestion window is the congestion control's alone; in the others it is being reduced, or was.
 */
public enum RecoveryState {
    /** Nothing points to loss. */
    OPEN,
    /** Duplicates or SACK blocks have come, too few or too recent to mean loss: limited transmit (RFC 3042). */
    DISORDER,
    /** The window is being reduced for an ECN echo or a local drop; nothing is sent again. */
    CWR,
    /** Fast recovery: loss was detected without the timer (RFC 5681, RFC 6675, RFC 8985). */
    RECOVERY,
    /** The retransmission timer expired, and what was outstanding then is not acknowledged yet. */
    LOSS
}
