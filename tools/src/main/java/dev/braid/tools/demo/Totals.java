package dev.braid.tools.demo;

import java.util.List;

/** The figures of several transfers together. */
record Totals(List<TransferResult> transfers, int capacityMbit) {
    Totals {
        transfers = List.copyOf(transfers);
    }

    long bytes() {
        return transfers.stream().mapToLong(TransferResult::bytes).sum();
    }

    double seconds() {
        return transfers.stream().mapToLong(TransferResult::elapsedNs).sum() / 1e9;
    }

    double goodputMbit() {
        return seconds() == 0 ? 0 : bytes() * 8 / seconds() / 1e6;
    }

    /** Application bytes over what the links' nominal rates allow, while all are there. */
    double aggregation() {
        double ns = transfers.stream().mapToLong(TransferResult::wholeNs).sum();
        double bytes = transfers.stream().mapToLong(TransferResult::wholeBytes).sum();
        return ns == 0 ? 0 : bytes * 8e3 / ns / capacityMbit;
    }

    /** The worst of what the transfers met. */
    Handover handover() {
        return transfers.stream().map(TransferResult::handover).reduce(Handover::worse).orElse(Handover.NONE);
    }

    boolean digestMatch() {
        return transfers.stream().allMatch(TransferResult::digestMatch);
    }
}
