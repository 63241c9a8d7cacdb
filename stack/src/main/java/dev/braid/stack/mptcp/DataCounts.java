package dev.braid.stack.mptcp;

/** What a connection counts of its data sequence space, for {@link MptcpInfo} and path managers. Core thread only. */
final class DataCounts {
    private final MptcpConnection connection;
    /** The connection is to have work once so many bytes were sent and received together. */
    long noticeAt = Long.MAX_VALUE;
    /** Subflows that were ever established. */
    int subflowsEver;
    /** Mappings given to a subflow again because another did not bring them to the peer. */
    int retransmits;
    /** Payload bytes of those. */
    long bytesRetrans;
    /** Payload bytes given to subflows, those given again not counted. */
    long bytesSent;
    /** Payload bytes that arrived in order, each once. */
    long bytesReceived;
    /** When data was last given to a subflow; 0 = never. */
    long lastDataSentNs;
    /** When data last arrived, in order or not; 0 = never. */
    long lastDataReceivedNs;
    /** When a DATA_ACK last arrived; 0 = never. */
    long lastDataAckNs;

    DataCounts(MptcpConnection connection) {
        this.connection = connection;
    }

    /** Payload bytes sent and received, each once. */
    long moved() {
        return bytesSent + bytesReceived;
    }

    void onSent(int bytes, long nowNs) {
        bytesSent += bytes;
        lastDataSentNs = nowNs;
        notice();
    }

    void onSentAgain(int bytes, long nowNs) {
        retransmits++;
        bytesRetrans += bytes;
        lastDataSentNs = nowNs;
    }

    void onReceived(int bytes, long nowNs) {
        bytesReceived += bytes;
        lastDataReceivedNs = nowNs;
        notice();
    }

    private void notice() {
        if (moved() >= noticeAt) {
            connection.layer.touch(connection);
        }
    }
}
