package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * What the Multipath TCP options of one TCP header say (RFC 8684 section 3, kind 30), decoded into fields that the next parse
 * overwrites; those of the larger options lie in {@link CapableOption}, {@link JoinOption}, {@link DataSequenceSignal} and
 * {@link AddressOptions}.
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

    private int present;
    private boolean malformed;

    private final CapableOption capable = new CapableOption();
    private final JoinOption join = new JoinOption();
    private final DataSequenceSignal dss = new DataSequenceSignal();
    private final AddressOptions addresses = new AddressOptions();
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
        dss.clear();
        addresses.clear();
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

    /** What {@link #MP_CAPABLE} says. */
    public CapableOption capable() {
        return capable;
    }

    /** Whether MP_CAPABLE carries a data-level length: a mapping of the connection's first bytes. */
    public boolean capableMaps() {
        return has(MP_CAPABLE) && capable.length() > MptcpOptionWriter.CAPABLE_ACK;
    }

    /**
     * Lets MP_CAPABLE's data parameters show as a DSS mapping does, to which they are "semantically equivalent" (section 3.1).
     *
     * @param firstDsn the data sequence number of the peer's first byte, which is the IDSN + 1
     */
    public void mapFromCapable(long firstDsn) {
        dss.mapAs(capable, firstDsn);
    }

    /** What {@link #MP_JOIN} says. */
    public JoinOption join() {
        return join;
    }

    /** What {@link #DSS} says. */
    public DataSequenceSignal dss() {
        return dss;
    }

    /** What every {@link #ADD_ADDR} and {@link #REMOVE_ADDR} says. */
    public AddressOptions addresses() {
        return addresses;
    }

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
            case MptcpOptionWriter.SUBTYPE_CAPABLE -> capable.parse(at, length) ? MP_CAPABLE : 0;
            case MptcpOptionWriter.SUBTYPE_JOIN -> join.parse(at, length) ? MP_JOIN : 0;
            case MptcpOptionWriter.SUBTYPE_DSS -> dss.parse(at, length) ? DSS : 0;
            case MptcpOptionWriter.SUBTYPE_ADD_ADDR -> addresses.parseAdd(at, length) ? ADD_ADDR : 0;
            case MptcpOptionWriter.SUBTYPE_REMOVE_ADDR -> addresses.parseRemove(at, length) ? REMOVE_ADDR : 0;
            case MptcpOptionWriter.SUBTYPE_PRIO -> prio(at, length);
            case MptcpOptionWriter.SUBTYPE_FAIL -> fail(at, length);
            case MptcpOptionWriter.SUBTYPE_FASTCLOSE -> fastClose(at, length);
            case MptcpOptionWriter.SUBTYPE_TCPRST -> reset(at, length);
            default -> 0;
        };
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
