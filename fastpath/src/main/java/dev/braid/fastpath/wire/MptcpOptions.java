package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * What the Multipath TCP options of one TCP header say (RFC 8684 section 3, kind 30), decoded into fields that the next parse
 * overwrites.
 *
 * <p>An accessor is meaningful only when {@link #has} answers true for its bit. An option whose length does not suit its subtype and
 * flags is skipped and noted in {@link #malformed}; of a repeated option the last one counts, but every ADD_ADDR and REMOVE_ADDR
 * does. Which option may stand on which segment is for the protocol to decide. One owner thread; allocation-free.
 */
public final class MptcpOptions {
    /** Presence bit: MP_CAPABLE (section 3.1). */
    public static final int MP_CAPABLE = 1;
    /** Presence bit: MP_JOIN (section 3.2). */
    public static final int MP_JOIN = 1 << 1;
    /** Presence bit: DSS (section 3.3). */
    public static final int DSS = 1 << 2;
    /** Presence bit: at least one ADD_ADDR (section 3.4.1). */
    public static final int ADD_ADDR = 1 << 3;
    /** Presence bit: at least one REMOVE_ADDR (section 3.4.2). */
    public static final int REMOVE_ADDR = 1 << 4;
    /** Presence bit: MP_PRIO (section 3.3.8). */
    public static final int MP_PRIO = 1 << 5;
    /** Presence bit: MP_FAIL (section 3.7). */
    public static final int MP_FAIL = 1 << 6;
    /** Presence bit: MP_FASTCLOSE (section 3.5). */
    public static final int MP_FASTCLOSE = 1 << 7;
    /** Presence bit: MP_TCPRST (section 3.6). */
    public static final int MP_TCPRST = 1 << 8;

    /** The version of this specification. */
    public static final int VERSION = 1;

    /** Flag A of MP_CAPABLE: checksums required. */
    public static final int CHECKSUM_REQUIRED = 0x80;
    /** Flag B of MP_CAPABLE: an extension that this version must not understand. */
    public static final int EXTENSIBILITY = 0x40;
    /** Flag C of MP_CAPABLE: no subflows to the sender's initial address and port. */
    public static final int DENY_JOIN_INITIAL = 0x20;
    /** Flags D to H of MP_CAPABLE: the crypto algorithms. */
    public static final int CRYPTO = 0x1f;
    /** Flag H of MP_CAPABLE: HMAC-SHA256. */
    public static final int HMAC_SHA256 = 0x01;

    /** Most ADD_ADDRs that 40 bytes of options hold, and so most that are kept. */
    public static final int MAX_ADD_ADDRS = 5;
    /** Most address ids that 40 bytes of options hold in REMOVE_ADDRs. */
    public static final int MAX_REMOVED_IDS = 37;

    // DSS flags.
    static final int DSS_ACK = 0x01;
    static final int DSS_ACK_64 = 0x02;
    static final int DSS_MAP = 0x04;
    static final int DSS_DSN_64 = 0x08;
    static final int DSS_FIN = 0x10;

    private int present;
    private boolean malformed;

    private int capableVersion;
    private int capableFlags;
    private int capableLength;
    private long senderKey;
    private long receiverKey;

    private int joinLength;
    private boolean joinBackup;
    private int joinAddressId;
    private int joinToken;
    private int joinNonce;
    private long joinHmacHigh;
    private long joinHmacMiddle;
    private int joinHmacLow;

    private int dssFlags;
    private long dataAck;
    private boolean mapped;
    private boolean checksummed;
    private long dsn;
    private int ssn;
    private int dataLevelLength;
    private int checksum;

    private int addAddrs;
    private final boolean[] addEcho = new boolean[MAX_ADD_ADDRS];
    private final int[] addId = new int[MAX_ADD_ADDRS];
    private final long[] addHi = new long[MAX_ADD_ADDRS];
    private final long[] addLo = new long[MAX_ADD_ADDRS];
    private final int[] addPort = new int[MAX_ADD_ADDRS];
    private final long[] addHmac = new long[MAX_ADD_ADDRS];

    private int removedIds;
    private final int[] removed = new int[MAX_REMOVED_IDS];

    private boolean prioBackup;
    private long failDsn;
    private long fastCloseKey;
    private int resetFlags;
    private int resetReason;

    /**
     * Parses an option space, forgetting what was parsed before.
     *
     * @param address where the options begin, right behind the fixed TCP header
     * @param length bytes of options, 0..40; the caller has required them
     */
    public void parse(long address, int length) {
        clear();
        long end = address + length;
        long at = address;
        while (at < end) {
            int kind = Memory.u8(at);
            if (kind == TcpOptions.KIND_END) {
                return;
            }
            if (kind == TcpOptions.KIND_NOP) {
                at++;
                continue;
            }
            int optionLength = at + 1 < end ? Memory.u8(at + 1) : 0;
            if (optionLength < 2 || optionLength > end - at) {
                malformed = true;
                return;
            }
            if (kind == TcpOptions.KIND_MPTCP) {
                int bit = optionLength < 3 ? 0 : option(at, optionLength);
                present |= bit;
                malformed |= bit == 0;
            }
            at += optionLength;
        }
    }

    /** Forgets everything, as parsing no options does. */
    public void clear() {
        present = 0;
        malformed = false;
        addAddrs = 0;
        removedIds = 0;
        dssFlags = 0;
        mapped = false;
        checksummed = false;
    }

    /** The presence bits of all options found. */
    public int present() {
        return present;
    }

    /** Whether any of the options in {@code bits} was found. */
    public boolean has(int bits) {
        return (present & bits) != 0;
    }

    /** Whether an MPTCP option was skipped for its length or subtype, or parsing ended at an impossible length. */
    public boolean malformed() {
        return malformed;
    }

    // MP_CAPABLE.

    /** The version, 0..15. */
    public int capableVersion() {
        return capableVersion;
    }

    /** Flags A to H. */
    public int capableFlags() {
        return capableFlags;
    }

    /** The option's length: 4 on a SYN, 12 on a SYN/ACK, 20, 22 or 24 behind it. */
    public int capableLength() {
        return capableLength;
    }

    /** The sender's key; length 12 and more. */
    public long senderKey() {
        return senderKey;
    }

    /** The receiver's key, echoed; length 20 and more. */
    public long receiverKey() {
        return receiverKey;
    }

    /** Whether MP_CAPABLE carries a data-level length: a mapping of the connection's first bytes. */
    public boolean capableMaps() {
        return has(MP_CAPABLE) && capableLength > MptcpOptionWriter.CAPABLE_ACK;
    }

    /**
     * Lets MP_CAPABLE's data parameters show as a DSS mapping does, to which they are "semantically equivalent" (section 3.1).
     *
     * @param firstDsn the data sequence number of the peer's first byte, which is the IDSN + 1
     */
    public void mapFromCapable(long firstDsn) {
        mapped = true;
        dssFlags |= DSS_MAP | DSS_DSN_64;
        dsn = firstDsn;
        ssn = 1;
    }

    // MP_JOIN.

    /** The option's length, which tells its form: 12 on a SYN, 16 on a SYN/ACK, 24 on the ACK behind it. */
    public int joinLength() {
        return joinLength;
    }

    /** Flag B: the subflow is a backup. SYN and SYN/ACK. */
    public boolean joinBackup() {
        return joinBackup;
    }

    /** Address ID of the sender's address, 0..255. SYN and SYN/ACK. */
    public int joinAddressId() {
        return joinAddressId;
    }

    /** The receiver's token. SYN. */
    public int joinToken() {
        return joinToken;
    }

    /** The sender's random number. SYN and SYN/ACK. */
    public int joinNonce() {
        return joinNonce;
    }

    /** The leftmost 64 bits of the sender's HMAC. SYN/ACK and ACK. */
    public long joinHmacHigh() {
        return joinHmacHigh;
    }

    /** The 64 bits behind them. ACK. */
    public long joinHmacMiddle() {
        return joinHmacMiddle;
    }

    /** The last 32 bits of the sender's truncated HMAC. ACK. */
    public int joinHmacLow() {
        return joinHmacLow;
    }

    // DSS.

    /** Whether there is a DATA_ACK. */
    public boolean hasDataAck() {
        return (dssFlags & DSS_ACK) != 0;
    }

    /** Whether the DATA_ACK has 64 bits, else 32. */
    public boolean dataAckIs64() {
        return (dssFlags & DSS_ACK_64) != 0;
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
        return (dssFlags & DSS_DSN_64) != 0;
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
        return mapped && (dssFlags & DSS_FIN) != 0;
    }

    // ADD_ADDR and REMOVE_ADDR.

    /** How many ADD_ADDRs there are. */
    public int addAddrs() {
        return addAddrs;
    }

    /** Whether ADD_ADDR {@code index} is the echo of one of ours. */
    public boolean addEcho(int index) {
        return addEcho[index];
    }

    /** The Address ID that ADD_ADDR {@code index} announces, 0..255. */
    public int addId(int index) {
        return addId[index];
    }

    /** The address announced, high half; IPv4 in its mapped form. */
    public long addHi(int index) {
        return addHi[index];
    }

    /** The address announced, low half. */
    public long addLo(int index) {
        return addLo[index];
    }

    /** The port announced, or 0: that of the connection. */
    public int addPort(int index) {
        return addPort[index];
    }

    /** The rightmost 64 bits of the HMAC; 0 in an echo. */
    public long addHmac(int index) {
        return addHmac[index];
    }

    /** How many address ids REMOVE_ADDR names. */
    public int removedIds() {
        return removedIds;
    }

    /** Address id {@code index} of those, 0..255. */
    public int removedId(int index) {
        return removed[index];
    }

    // The rest.

    /** MP_PRIO's flag B: the subflow is a backup from now on. */
    public boolean prioBackup() {
        return prioBackup;
    }

    /** Where MP_FAIL says that the checksum failed. */
    public long failDsn() {
        return failDsn;
    }

    /** The receiver's key in MP_FASTCLOSE. */
    public long fastCloseKey() {
        return fastCloseKey;
    }

    /** MP_TCPRST's flags U, V, W and T; T (1) = the condition is transient. */
    public int resetFlags() {
        return resetFlags;
    }

    /** MP_TCPRST's reason code, 0..255. */
    public int resetReason() {
        return resetReason;
    }

    // Parsing, by subtype: each answers its presence bit, or 0 when the length does not fit.

    private int option(long at, int length) {
        int subtype = Memory.u8(at + 2) >>> 4;
        return switch (subtype) {
            case MptcpOptionWriter.SUBTYPE_CAPABLE -> capable(at, length);
            case MptcpOptionWriter.SUBTYPE_JOIN -> join(at, length);
            case MptcpOptionWriter.SUBTYPE_DSS -> dss(at, length);
            case MptcpOptionWriter.SUBTYPE_ADD_ADDR -> addAddr(at, length);
            case MptcpOptionWriter.SUBTYPE_REMOVE_ADDR -> removeAddr(at, length);
            case MptcpOptionWriter.SUBTYPE_PRIO -> prio(at, length);
            case MptcpOptionWriter.SUBTYPE_FAIL -> fail(at, length);
            case MptcpOptionWriter.SUBTYPE_FASTCLOSE -> fastClose(at, length);
            case MptcpOptionWriter.SUBTYPE_TCPRST -> reset(at, length);
            default -> 0;
        };
    }

    private int capable(long at, int length) {
        switch (length) {
            case MptcpOptionWriter.CAPABLE_SYN, MptcpOptionWriter.CAPABLE_SYN_ACK -> {}
            case MptcpOptionWriter.CAPABLE_ACK -> receiverKey = Memory.i64(at + 12);
            case MptcpOptionWriter.CAPABLE_DATA, MptcpOptionWriter.CAPABLE_DATA_CHECKSUM -> {
                receiverKey = Memory.i64(at + 12);
                dataLevelLength = Memory.u16(at + 20);
                checksummed = length == MptcpOptionWriter.CAPABLE_DATA_CHECKSUM;
                checksum = checksummed ? Memory.u16(at + 22) : 0;
            }
            default -> {
                return 0;
            }
        }
        capableVersion = Memory.u8(at + 2) & 15;
        capableFlags = Memory.u8(at + 3);
        capableLength = length;
        if (length >= MptcpOptionWriter.CAPABLE_SYN_ACK) {
            senderKey = Memory.i64(at + 4);
        }
        return MP_CAPABLE;
    }

    private int join(long at, int length) {
        switch (length) {
            case MptcpOptionWriter.JOIN_SYN -> {
                joinToken = Memory.i32(at + 4);
                joinNonce = Memory.i32(at + 8);
            }
            case MptcpOptionWriter.JOIN_SYN_ACK -> {
                joinHmacHigh = Memory.i64(at + 4);
                joinNonce = Memory.i32(at + 12);
            }
            case MptcpOptionWriter.JOIN_ACK -> {
                joinHmacHigh = Memory.i64(at + 4);
                joinHmacMiddle = Memory.i64(at + 12);
                joinHmacLow = Memory.i32(at + 20);
            }
            default -> {
                return 0;
            }
        }
        joinLength = length;
        joinBackup = length != MptcpOptionWriter.JOIN_ACK && (Memory.u8(at + 2) & 1) != 0;
        joinAddressId = length != MptcpOptionWriter.JOIN_ACK ? Memory.u8(at + 3) : 0;
        return MP_JOIN;
    }

    private int dss(long at, int length) {
        int flags = length < 4 ? 0 : Memory.u8(at + 3);
        int ackLength = (flags & DSS_ACK) == 0 ? 0 : (flags & DSS_ACK_64) != 0 ? 8 : 4;
        int mapLength = (flags & DSS_MAP) == 0 ? 0 : (flags & DSS_DSN_64) != 0 ? 14 : 10;
        int expected = 4 + ackLength + mapLength;
        boolean withChecksum = mapLength > 0 && length == expected + 2;
        if (length != expected && !withChecksum) {
            return 0;
        }
        dssFlags = flags;
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
        return DSS;
    }

    private int addAddr(long at, int length) {
        boolean echo = (Memory.u8(at + 2) & 1) != 0;
        int rest = length - (echo ? 4 : 12);
        boolean ipv4 = rest == 4 || rest == 6;
        boolean ipv6 = rest == 16 || rest == 18;
        if ((!ipv4 && !ipv6) || addAddrs == MAX_ADD_ADDRS) {
            return 0;
        }
        int index = addAddrs++;
        addEcho[index] = echo;
        addId[index] = Memory.u8(at + 3);
        long next = at + 4;
        if (ipv4) {
            addHi[index] = 0;
            addLo[index] = 0xffff_0000_0000L | Memory.u32(next);
        } else {
            addHi[index] = Memory.i64(next);
            addLo[index] = Memory.i64(next + 8);
        }
        next += ipv4 ? 4 : 16;
        boolean withPort = rest == 6 || rest == 18;
        addPort[index] = withPort ? Memory.u16(next) : 0;
        addHmac[index] = echo ? 0 : Memory.i64(next + (withPort ? 2 : 0));
        return ADD_ADDR;
    }

    private int removeAddr(long at, int length) {
        if (length < 4) {
            return 0;
        }
        for (int i = 3; i < length && removedIds < MAX_REMOVED_IDS; i++) {
            removed[removedIds++] = Memory.u8(at + i);
        }
        return REMOVE_ADDR;
    }

    private int prio(long at, int length) {
        if (length != MptcpOptionWriter.PRIO) {
            return 0;
        }
        prioBackup = (Memory.u8(at + 2) & 1) != 0;
        return MP_PRIO;
    }

    private int fail(long at, int length) {
        if (length != MptcpOptionWriter.FAIL) {
            return 0;
        }
        failDsn = Memory.i64(at + 4);
        return MP_FAIL;
    }

    private int fastClose(long at, int length) {
        if (length != MptcpOptionWriter.FASTCLOSE) {
            return 0;
        }
        fastCloseKey = Memory.i64(at + 4);
        return MP_FASTCLOSE;
    }

    private int reset(long at, int length) {
        if (length != MptcpOptionWriter.TCPRST) {
            return 0;
        }
        resetFlags = Memory.u8(at + 2) & 15;
        resetReason = Memory.u8(at + 3);
        return MP_TCPRST;
    }
}
