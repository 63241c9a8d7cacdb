package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * Writes Multipath TCP options (RFC 8684 section 3) at an absolute address, each method answering how many bytes it wrote, which need
 * not be a multiple of 4: the caller pads. Stateless, any thread, allocation-free; the caller owns the memory and sees to it that 40
 * bytes are not exceeded.
 */
public final class MptcpOptionWriter {
    static final int SUBTYPE_CAPABLE = 0;
    static final int SUBTYPE_JOIN = 1;
    static final int SUBTYPE_DSS = 2;
    static final int SUBTYPE_ADD_ADDR = 3;
    static final int SUBTYPE_REMOVE_ADDR = 4;
    static final int SUBTYPE_PRIO = 5;
    static final int SUBTYPE_FAIL = 6;
    static final int SUBTYPE_FASTCLOSE = 7;
    static final int SUBTYPE_TCPRST = 8;

    /** Length of MP_CAPABLE on a SYN. */
    public static final int CAPABLE_SYN = 4;
    /** Length of MP_CAPABLE on a SYN/ACK. */
    public static final int CAPABLE_SYN_ACK = 12;
    /** Length of MP_CAPABLE on an ACK without data. */
    public static final int CAPABLE_ACK = 20;
    /** Length of MP_CAPABLE on the first data. */
    public static final int CAPABLE_DATA = 22;
    /** The same with a checksum. */
    public static final int CAPABLE_DATA_CHECKSUM = 24;
    /** Length of MP_JOIN on a SYN. */
    public static final int JOIN_SYN = 12;
    /** Length of MP_JOIN on a SYN/ACK. */
    public static final int JOIN_SYN_ACK = 16;
    /** Length of MP_JOIN on the ACK behind it. */
    public static final int JOIN_ACK = 24;
    /** Length of MP_PRIO. */
    public static final int PRIO = 3;
    /** Length of MP_FAIL. */
    public static final int FAIL = 12;
    /** Length of MP_FASTCLOSE. */
    public static final int FASTCLOSE = 12;
    /** Length of MP_TCPRST. */
    public static final int TCPRST = 4;

    /** Says to {@link #writeCapableData} and {@link #writeDss} that there is no checksum. */
    public static final int NO_CHECKSUM = -1;

    private MptcpOptionWriter() {}

    // MP_CAPABLE (section 3.1).

    /** MP_CAPABLE on a SYN. */
    public static int writeCapableSyn(long a, int flags) {
        return head(a, CAPABLE_SYN, SUBTYPE_CAPABLE, MptcpOptions.VERSION, flags);
    }

    /** MP_CAPABLE on a SYN/ACK. */
    public static int writeCapableSynAck(long a, int flags, long senderKey) {
        head(a, CAPABLE_SYN_ACK, SUBTYPE_CAPABLE, MptcpOptions.VERSION, flags);
        Memory.put64(a + 4, senderKey);
        return CAPABLE_SYN_ACK;
    }

    /** MP_CAPABLE on an ACK without data. */
    public static int writeCapableAck(long a, int flags, long senderKey, long receiverKey) {
        head(a, CAPABLE_ACK, SUBTYPE_CAPABLE, MptcpOptions.VERSION, flags);
        Memory.put64(a + 4, senderKey);
        Memory.put64(a + 12, receiverKey);
        return CAPABLE_ACK;
    }

    /**
     * MP_CAPABLE on the connection's first data.
     *
     * @param dataLevelLength bytes mapped, 1..65535
     * @param checksum the mapping's, 0..65535, or {@link #NO_CHECKSUM}
     */
    public static int writeCapableData(
            long a, int flags, long senderKey, long receiverKey, int dataLevelLength, int checksum) {
        int length = checksum == NO_CHECKSUM ? CAPABLE_DATA : CAPABLE_DATA_CHECKSUM;
        head(a, length, SUBTYPE_CAPABLE, MptcpOptions.VERSION, flags);
        Memory.put64(a + 4, senderKey);
        Memory.put64(a + 12, receiverKey);
        Memory.put16(a + 20, dataLevelLength);
        if (checksum != NO_CHECKSUM) {
            Memory.put16(a + 22, checksum);
        }
        return length;
    }

    // MP_JOIN (section 3.2).

    /** MP_JOIN on a SYN. */
    public static int writeJoinSyn(long a, boolean backup, int addressId, int receiverToken, int nonce) {
        head(a, JOIN_SYN, SUBTYPE_JOIN, backup ? 1 : 0, addressId);
        Memory.put32(a + 4, receiverToken);
        Memory.put32(a + 8, nonce);
        return JOIN_SYN;
    }

    /** MP_JOIN on a SYN/ACK. */
    public static int writeJoinSynAck(long a, boolean backup, int addressId, long hmac, int nonce) {
        head(a, JOIN_SYN_ACK, SUBTYPE_JOIN, backup ? 1 : 0, addressId);
        Memory.put64(a + 4, hmac);
        Memory.put32(a + 12, nonce);
        return JOIN_SYN_ACK;
    }

    /** MP_JOIN on the ACK behind it: the leftmost 160 bits of the HMAC, in three parts. */
    public static int writeJoinAck(long a, long hmacHigh, long hmacMiddle, int hmacLow) {
        head(a, JOIN_ACK, SUBTYPE_JOIN, 0, 0);
        Memory.put64(a + 4, hmacHigh);
        Memory.put64(a + 12, hmacMiddle);
        Memory.put32(a + 20, hmacLow);
        return JOIN_ACK;
    }

    // DSS (section 3.3).

    /** Bytes that {@link #writeDssAck} takes. */
    public static int dssAckLength(boolean ack64) {
        return ack64 ? 12 : 8;
    }

    /** A DSS with a DATA_ACK alone. */
    public static int writeDssAck(long a, long dataAck, boolean ack64) {
        int flags = DataSequenceSignal.ACK | (ack64 ? DataSequenceSignal.ACK_64 : 0);
        int length = dssAckLength(ack64);
        head(a, length, SUBTYPE_DSS, 0, flags);
        putAck(a + 4, dataAck, ack64);
        return length;
    }

    /** Bytes that {@link #writeDss} takes: at most 28. */
    public static int dssLength(boolean ack64, boolean dsn64, boolean checksum) {
        return 4 + (ack64 ? 8 : 4) + (dsn64 ? 14 : 10) + (checksum ? 2 : 0);
    }

    /**
     * A DSS with a DATA_ACK and a mapping.
     *
     * @param dsn the mapping's first data sequence number
     * @param ssn the mapping's first subflow sequence number, 0 = the SYN
     * @param dataLevelLength 0..65535, a DATA_FIN included; 0 = an infinite mapping
     * @param checksum the mapping's, 0..65535, or {@link #NO_CHECKSUM}
     * @param dataFin whether the mapping's last octet is the DATA_FIN
     */
    public static int writeDss(
            long a,
            long dataAck,
            boolean ack64,
            long dsn,
            boolean dsn64,
            int ssn,
            int dataLevelLength,
            int checksum,
            boolean dataFin) {
        int length = dssLength(ack64, dsn64, checksum != NO_CHECKSUM);
        int flags = DataSequenceSignal.ACK
                | (ack64 ? DataSequenceSignal.ACK_64 : 0)
                | DataSequenceSignal.MAP
                | (dsn64 ? DataSequenceSignal.DSN_64 : 0)
                | (dataFin ? DataSequenceSignal.FIN : 0);
        head(a, length, SUBTYPE_DSS, 0, flags);
        putAck(a + 4, dataAck, ack64);
        long next = a + (ack64 ? 12 : 8);
        if (dsn64) {
            Memory.put64(next, dsn);
            next += 8;
        } else {
            Memory.put32(next, (int) dsn);
            next += 4;
        }
        Memory.put32(next, ssn);
        Memory.put16(next + 4, dataLevelLength);
        if (checksum != NO_CHECKSUM) {
            Memory.put16(next + 6, checksum);
        }
        return length;
    }

    private static void putAck(long a, long dataAck, boolean ack64) {
        if (ack64) {
            Memory.put64(a, dataAck);
        } else {
            Memory.put32(a, (int) dataAck);
        }
    }

    // ADD_ADDR (section 3.4.1) and REMOVE_ADDR (section 3.4.2).

    /** Bytes that {@link #writeAddAddr} takes: at most 30. */
    public static int addAddrLength(boolean ipv6, boolean withPort, boolean echo) {
        return 4 + (ipv6 ? 16 : 4) + (withPort ? 2 : 0) + (echo ? 0 : 8);
    }

    /**
     * ADD_ADDR, or its echo.
     *
     * @param hi the address's high half; IPv4 is recognised by its mapped form
     * @param port 1..65535, or 0 = that of the connection: it is left out
     * @param hmac the rightmost 64 bits of the HMAC; an echo has none
     */
    public static int writeAddAddr(long a, boolean echo, int addressId, long hi, long lo, int port, long hmac) {
        boolean ipv4 = hi == 0 && lo >>> 32 == 0xffff;
        int length = addAddrLength(!ipv4, port != 0, echo);
        head(a, length, SUBTYPE_ADD_ADDR, echo ? 1 : 0, addressId);
        long next = a + 4;
        if (ipv4) {
            Memory.put32(next, (int) lo);
            next += 4;
        } else {
            Memory.put64(next, hi);
            Memory.put64(next + 8, lo);
            next += 16;
        }
        if (port != 0) {
            Memory.put16(next, port);
            next += 2;
        }
        if (!echo) {
            Memory.put64(next, hmac);
        }
        return length;
    }

    /**
     * REMOVE_ADDR, 3 bytes and one for each id.
     *
     * @param count how many ids to take from the front, 1..37
     */
    public static int writeRemoveAddr(long a, int[] addressIds, int count) {
        Memory.put16(a, TcpOptions.KIND_MPTCP << 8 | (3 + count));
        Memory.put8(a + 2, SUBTYPE_REMOVE_ADDR << 4);
        for (int i = 0; i < count; i++) {
            Memory.put8(a + 3 + i, addressIds[i]);
        }
        return 3 + count;
    }

    // The rest.

    /** MP_PRIO (section 3.3.8). */
    public static int writePrio(long a, boolean backup) {
        Memory.put16(a, TcpOptions.KIND_MPTCP << 8 | PRIO);
        Memory.put8(a + 2, SUBTYPE_PRIO << 4 | (backup ? 1 : 0));
        return PRIO;
    }

    /** MP_FAIL (section 3.7). */
    public static int writeFail(long a, long dsn) {
        head(a, FAIL, SUBTYPE_FAIL, 0, 0);
        Memory.put64(a + 4, dsn);
        return FAIL;
    }

    /** MP_FASTCLOSE (section 3.5). */
    public static int writeFastClose(long a, long receiverKey) {
        head(a, FASTCLOSE, SUBTYPE_FASTCLOSE, 0, 0);
        Memory.put64(a + 4, receiverKey);
        return FASTCLOSE;
    }

    /** MP_TCPRST (section 3.6). */
    public static int writeTcpRst(long a, int flags, int reason) {
        return head(a, TCPRST, SUBTYPE_TCPRST, flags, reason);
    }

    private static int head(long a, int length, int subtype, int low, int fourth) {
        Memory.put32(
                a, TcpOptions.KIND_MPTCP << 24 | length << 16 | subtype << 12 | (low & 15) << 8 | (fourth & 0xff));
        return length;
    }
}
