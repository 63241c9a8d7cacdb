package dev.braid.stack.mptcp;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.stack.tcp.SegmentKind;

/**
 * Writes the DSS option of a connection's segments (RFC 8684 section 3.3): DATA_ACK on all of them, a mapping where there is payload,
 * the DATA_FIN on ACKs for as long as it is not acknowledged.
 *
 * <p>DSNs have 64 bits always: the 32-bit form saves four bytes that would be padding beside timestamps. A DATA_ACK has 64 bits once
 * the peer has used 64-bit DSNs, which "MUST be acknowledged with a 64-bit Data ACK" (section 3.3.2). Core thread only.
 */
final class DssOption {
    private final MptcpConnection connection;

    DssOption(MptcpConnection connection) {
        this.connection = connection;
    }

    /**
     * Bytes of option space for a segment of this kind, a multiple of 4; 0 when {@code room} is too little, or the subflow sends
     * none.
     */
    int reserve(Subflow subflow, SegmentKind kind, int room) {
        int length = length(subflow, kind);
        int aligned = length + 3 & ~3;
        return aligned <= room ? aligned : 0;
    }

    private int length(Subflow subflow, SegmentKind kind) {
        DataSender sender = connection.sender;
        PlainSending plain = sender.plain();
        if (plain != null) {
            boolean infinite = plain.subflow() == subflow && plain.sendsInfiniteMapping();
            if (kind == SegmentKind.ACK && connection.receiver.isAcknowledging()) {
                return MptcpOptionWriter.dssAckLength(connection.receiver.wideDataAck());
            }
            return kind == SegmentKind.DATA && infinite ? mappingLength() : 0;
        }
        if (kind == SegmentKind.DATA || (kind == SegmentKind.ACK && sender.finOutstanding())) {
            return mappingLength();
        }
        return kind == SegmentKind.ACK || kind == SegmentKind.PROBE
                ? MptcpOptionWriter.dssAckLength(connection.receiver.wideDataAck())
                : 0;
    }

    private int mappingLength() {
        return MptcpOptionWriter.dssLength(connection.receiver.wideDataAck(), true, connection.checksum);
    }

    /**
     * Writes what {@link #reserve} counted.
     *
     * @return bytes written, padding not counted
     */
    int write(Subflow subflow, SegmentKind kind, long address, long streamOffset) {
        DataSender sender = connection.sender;
        if (kind == SegmentKind.DATA) {
            PlainSending plain = sender.plain();
            return plain == null ? writeMapping(subflow, address, streamOffset) : writeInfinite(plain, address);
        }
        if (kind == SegmentKind.ACK && sender.plain() == null && sender.finOutstanding()) {
            // Section 3.3.3: "the DSS MUST have a subflow sequence number of 0, a Data-Level Length of 1, and the data sequence
            // number that corresponds with the DATA_FIN itself. The checksum in this case will only cover the pseudo-header."
            return write(address, sender.dsn(sender.stream.end()), 0, 1, 0, true);
        }
        DataReceiver receiver = connection.receiver;
        return MptcpOptionWriter.writeDssAck(address, receiver.dataAck(), receiver.wideDataAck());
    }

    private int writeMapping(Subflow subflow, long address, long streamOffset) {
        SentMappings mappings = subflow.mappings;
        int index = mappings.find(streamOffset);
        if (index < 0) {
            throw new IllegalStateException(
                    "no mapping for offset " + streamOffset + " of subflow " + subflow.number());
        }
        boolean last = mappings.last(index);
        return write(
                address,
                connection.sender.dsn(mappings.position(index)),
                (int) mappings.offset(index) + 1,
                mappings.length(index) + (last ? 1 : 0),
                mappings.sum(index),
                last);
    }

    /** Section 3.7: a length of 0, from where all before is known to have been delivered; no checksum is computed. */
    private int writeInfinite(PlainSending plain, long address) {
        DataReceiver receiver = connection.receiver;
        return MptcpOptionWriter.writeDss(
                address,
                receiver.dataAck(),
                receiver.wideDataAck(),
                connection.sender.dsn(plain.infinitePosition()),
                true,
                (int) plain.infiniteOffset() + 1,
                0,
                connection.checksum ? 0 : MptcpOptionWriter.NO_CHECKSUM,
                false);
    }

    private int write(long address, long dsn, int ssn, int length, int dataSum, boolean dataFin) {
        DataReceiver receiver = connection.receiver;
        int checksum = connection.checksum ? checksum(dsn, ssn, length, dataSum) : MptcpOptionWriter.NO_CHECKSUM;
        return MptcpOptionWriter.writeDss(
                address,
                receiver.dataAck(),
                receiver.wideDataAck(),
                dsn,
                true,
                ssn,
                length,
                checksum,
                dataFin);
    }

    /**
     * A mapping's checksum (section 3.3.1, figure 10).
     *
     * @param length the data-level length, the DATA_FIN included
     * @param dataSum the data's, 0..65535
     */
    static int checksum(long dsn, int ssn, int length, int dataSum) {
        long sum = (dsn >>> 32) + (dsn & 0xffff_ffffL) + (ssn & 0xffff_ffffL) + length + dataSum;
        return Checksum.finish(sum);
    }
}
