package dev.braid.stack.mptcp;

/**
 * Finds what of a connection's data is to go again over another subflow than the one that was given it ("data-level retransmission",
 * RFC 8684 sections 3.3.6 and 3.3.7); who asks is {@link DataTimers}, {@link Liveness}, or the end of a subflow. Core thread only.
 */
final class DataRecovery {
    private final DataSender sender;
    private final Carriers carriers;

    DataRecovery(DataSender sender) {
        this.sender = sender;
        carriers = new Carriers(sender.connection.subflows);
    }

    /**
     * What the subflow was given and the peer has not acknowledged at the data level is to go again over others, but what another one
     * that answers has in flight too.
     */
    void reinject(Subflow from) {
        SentMappings mappings = from.mappings;
        Reinjections again = sender.again;
        for (int i = 0; i < mappings.count(); i++) {
            long start = Math.max(mappings.position(i), sender.dataUna());
            long end = mappings.position(i) + mappings.length(i);
            while (start < end) {
                long carried = Math.min(end, carriers.upTo(start, from));
                if (carried > start) {
                    start = carried;
                } else {
                    long next = Math.min(end, carriers.next(start, end, from));
                    again.add(start, next, from);
                    start = next;
                }
            }
        }
        if (!again.isEmpty()) {
            sender.wake();
        }
    }

    /**
     * The oldest data that is not acknowledged, as much as the subflow that has it in flight was given in one piece, goes again over
     * another one; if that subflow's own retransmission timer has expired, all that it was given.
     *
     * @return bytes that are to go; 0 when there are none, or another reinjection waits
     */
    long reinjectHead() {
        long dataUna = sender.dataUna();
        if (dataUna >= sender.dataNxt() || sender.isPlain()) {
            return 0;
        }
        Reinjections again = sender.again;
        if (!again.isEmpty()) {
            if (again.letAllCarryWhatWasBrought()) {
                sender.wake();
            }
            return 0;
        }
        Subflow carrier = carriers.of(dataUna);
        if (carrier != null && carrier.timedOut()) {
            reinject(carrier);
            return again.bytes();
        }
        // Without one, every subflow that had it says it has brought it: a middlebox acknowledged it, or the peer dropped it later.
        long end = carrier == null
                ? Math.min(sender.dataNxt(), dataUna + DataSender.MAX_MAPPING)
                : carrier.mappings.inFlightUpTo(dataUna);
        again.add(dataUna, end, carrier);
        sender.wake();
        return end - dataUna;
    }

    /** Whether some subflow that still hears from its peer has the oldest data in flight. */
    boolean isHeadInFlight() {
        Subflow carrier = carriers.of(sender.dataUna());
        return carrier != null && !carrier.timedOut();
    }
}
