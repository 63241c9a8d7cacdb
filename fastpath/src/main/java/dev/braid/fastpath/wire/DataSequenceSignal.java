package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * What a Data Sequence Signal, DSS, says (RFC 8684 section 3.3): a DATA_ACK, a mapping, a DATA_FIN. Says nothing of each while there is
 * none. One owner thread; allocation-free.
 */
public final class DataSequenceSignal {
    static final int ACK = 0x01;
    static final int ACK_64 = 0x02;
    static final int MAP = 0x04;
    static final int DSN_64 = 0x08;
    static final int FIN = 0x10;

    private int flags;
    private long dataAck;
    private boolean mapped;
    private boolean checksummed;
    private long dsn;
    private int ssn;
    private int dataLevelLength;
    private int checksum;

    DataSequenceSignal() {}

    /** Forgets everything. */
    void clear() {
        flags = 0;
        mapped = false;
        checksummed = false;
    }

    /** Decodes the option; false when its length does not suit its flags. */
    boolean parse(long at, int length) {
        int said = length < 4 ? 0 : Memory.u8(at + 3);
        int ackLength = (said & ACK) == 0 ? 0 : (said & ACK_64) != 0 ? 8 : 4;
        int mapLength = (said & MAP) == 0 ? 0 : (said & DSN_64) != 0 ? 14 : 10;
        int expected = 4 + ackLength + mapLength;
        boolean withChecksum = mapLength > 0 && length == expected + 2;
        if (length != expected && !withChecksum) {
            return false;
        }
        flags = said;
        long next = at + 4;
        if (ackLength > 0) {
            dataAck = ackLength == 8 ? Memory.i64(next) : Memory.u32(next);
        }
        next += ackLength;
        mapped = mapLength > 0;
        checksummed = withChecksum;
        if (mapped) {
            dsn = mapLength == 14 ? Memory.i64(next) : Memory.u32(next);
            next += mapLength - 6;
            ssn = Memory.i32(next);
            dataLevelLength = Memory.u16(next + 4);
            checksum = withChecksum ? Memory.u16(next + 6) : 0;
        }
        return true;
    }

    /**
     * Says what an MP_CAPABLE's data parameters do, to which a mapping is "semantically equivalent" (section 3.1).
     *
     * @param firstDsn the data sequence number of the peer's first byte, which is the IDSN + 1
     */
    void mapAs(CapableOption capable, long firstDsn) {
        mapped = true;
        flags |= MAP | DSN_64;
        dsn = firstDsn;
        ssn = 1;
        dataLevelLength = capable.dataLevelLength();
        checksummed = capable.hasChecksum();
        checksum = capable.checksum();
    }

    /** Whether there is a DATA_ACK. */
    public boolean hasDataAck() {
        return (flags & ACK) != 0;
    }

    /** Whether the DATA_ACK has 64 bits, else 32. */
    public boolean dataAckIs64() {
        return (flags & ACK_64) != 0;
    }

    /** The DATA_ACK; the low half alone when it has 32 bits. */
    public long dataAck() {
        return dataAck;
    }

    /** Whether there is a mapping. */
    public boolean hasMapping() {
        return mapped;
    }

    /** Whether the mapping's data sequence number has 64 bits, else 32. */
    public boolean dsnIs64() {
        return (flags & DSN_64) != 0;
    }

    /** The mapping's data sequence number; the low half alone when it has 32 bits. */
    public long dsn() {
        return dsn;
    }

    /** The mapping's subflow sequence number, 0 = the SYN. */
    public int ssn() {
        return ssn;
    }

    /** The mapping's data-level length, 0..65535, a DATA_FIN included; 0 = an infinite mapping (section 3.7). */
    public int dataLevelLength() {
        return dataLevelLength;
    }

    /** Whether the mapping has a checksum. */
    public boolean hasChecksum() {
        return checksummed;
    }

    /** The mapping's checksum, as on the wire. */
    public int checksum() {
        return checksum;
    }

    /** Whether the mapping ends with a DATA_FIN. */
    public boolean dataFin() {
        return mapped && (flags & FIN) != 0;
    }
}
