package dev.braid.stack.tcp;

/** What a connection counts for {@link TcpInfo} alone: nothing here decides anything. Packets are those of the wire. */
final class TcbCounts {
    private static final long NEVER = Long.MIN_VALUE;

    long segsIn;
    long segsOut;
    long dataSegsIn;
    long dataSegsOut;
    long bytesSent;
    long bytesRetrans;
    long rcvOoopack;
    long deliveredCe;
    long drops;
    int totalRto;
    int totalRtoRecoveries;
    private long totalRtoTimeNs;
    private long rtoSinceNs = NEVER;
    private long lastDataSentNs = NEVER;
    private long lastDataRecvNs = NEVER;
    private long busyNs;
    private long busySinceNs = NEVER;
    private long rwndLimitedNs;
    private long rwndLimitedSinceNs = NEVER;
    private long sndbufLimitedNs;
    private long sndbufLimitedSinceNs = NEVER;

    /** A segment of the connection arrived, a super-segment when {@code gsoSize} is above 0. */
    void onSegment(int length, int gsoSize, long nowNs) {
        int packets = gsoSize > 0 && length > gsoSize ? (length - 1) / gsoSize + 1 : 1;
        segsIn += packets;
        if (length > 0) {
            dataSegsIn += packets;
            lastDataRecvNs = nowNs;
        }
    }

    /** Payload left, for the first time or again. */
    void onDataSent(int length, int packetMss, long nowNs) {
        int packets = length > packetMss ? (length - 1) / packetMss + 1 : 1;
        segsOut += packets;
        dataSegsOut += packets;
        bytesSent += length;
        lastDataSentNs = nowNs;
    }

    void onTimeout(long nowNs) {
        totalRto++;
        if (rtoSinceNs == NEVER) {
            rtoSinceNs = nowNs;
        }
    }

    /** Something was acknowledged: a row of timeouts, if there was one, is over. */
    void onTimeoutsOver(long nowNs) {
        if (rtoSinceNs != NEVER) {
            totalRtoRecoveries++;
            totalRtoTimeNs += nowNs - rtoSinceNs;
            rtoSinceNs = NEVER;
        }
    }

    /**
     * What holds the connection now, asked whenever it had its turn to send.
     *
     * @param busy data waits or is in flight
     * @param rwndLimited it waits for the peer's window
     * @param sndbufLimited the user waits for room in the send buffer, and nothing else holds sending back
     */
    void limits(boolean busy, boolean rwndLimited, boolean sndbufLimited, long nowNs) {
        if (busy != (busySinceNs != NEVER)) {
            busyNs = busyNs(nowNs);
            busySinceNs = busy ? nowNs : NEVER;
        }
        if (rwndLimited != (rwndLimitedSinceNs != NEVER)) {
            rwndLimitedNs = rwndLimitedNs(nowNs);
            rwndLimitedSinceNs = rwndLimited ? nowNs : NEVER;
        }
        if (sndbufLimited != (sndbufLimitedSinceNs != NEVER)) {
            sndbufLimitedNs = sndbufLimitedNs(nowNs);
            sndbufLimitedSinceNs = sndbufLimited ? nowNs : NEVER;
        }
    }

    long busyNs(long nowNs) {
        return busyNs + since(busySinceNs, nowNs, 0);
    }

    long rwndLimitedNs(long nowNs) {
        return rwndLimitedNs + since(rwndLimitedSinceNs, nowNs, 0);
    }

    long sndbufLimitedNs(long nowNs) {
        return sndbufLimitedNs + since(sndbufLimitedSinceNs, nowNs, 0);
    }

    long totalRtoTimeNs(long nowNs) {
        return totalRtoTimeNs + since(rtoSinceNs, nowNs, 0);
    }

    /** Before the first data it counts from the beginning, as the kernel does. */
    long sinceDataSentNs(long openedNs, long nowNs) {
        return since(lastDataSentNs, nowNs, nowNs - openedNs);
    }

    long sinceDataReceivedNs(long openedNs, long nowNs) {
        return since(lastDataRecvNs, nowNs, nowNs - openedNs);
    }

    private static long since(long thenNs, long nowNs, long otherwise) {
        return thenNs == NEVER ? otherwise : nowNs - thenNs;
    }
}
