package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * What an MP_CAPABLE says (RFC 8684 section 3.1). Meaningful while {@link MptcpOptions#has} answers true for
 * {@link MptcpOptions#MP_CAPABLE}. One owner thread; allocation-free.
 */
public final class CapableOption {
    /** Flag A: checksums required. */
    public static final int CHECKSUM_REQUIRED = 0x80;
    /** Flag B: an extension that this version must not understand. */
    public static final int EXTENSIBILITY = 0x40;
    /** Flag C: no subflows to the sender's initial address and port. */
    public static final int DENY_JOIN_INITIAL = 0x20;
    /** Flags D to H: the crypto algorithms. */
    public static final int CRYPTO = 0x1f;
    /** Flag H: HMAC-SHA256. */
    public static final int HMAC_SHA256 = 0x01;

    private int version;
    private int flags;
    private int length;
    private long senderKey;
    private long receiverKey;
    private int dataLevelLength;
    private boolean checksummed;
    private int checksum;

    CapableOption() {}

    /** Decodes the option; false when it has no length that suits it. */
    boolean parse(long at, int optionLength) {
        switch (optionLength) {
            case MptcpOptionWriter.CAPABLE_SYN, MptcpOptionWriter.CAPABLE_SYN_ACK -> {}
            case MptcpOptionWriter.CAPABLE_ACK -> receiverKey = Memory.i64(at + 12);
            case MptcpOptionWriter.CAPABLE_DATA, MptcpOptionWriter.CAPABLE_DATA_CHECKSUM -> {
                receiverKey = Memory.i64(at + 12);
                dataLevelLength = Memory.u16(at + 20);
                checksummed = optionLength == MptcpOptionWriter.CAPABLE_DATA_CHECKSUM;
                checksum = checksummed ? Memory.u16(at + 22) : 0;
            }
            default -> {
                return false;
            }
        }
        version = Memory.u8(at + 2) & 15;
        flags = Memory.u8(at + 3);
        length = optionLength;
        if (optionLength >= MptcpOptionWriter.CAPABLE_SYN_ACK) {
            senderKey = Memory.i64(at + 4);
        }
        return true;
    }

    /** The version, 0..15. */
    public int version() {
        return version;
    }

    /** Flags A to H. */
    public int flags() {
        return flags;
    }

    /** The option's length: 4 on a SYN, 12 on a SYN/ACK, 20, 22 or 24 behind it. */
    public int length() {
        return length;
    }

    /** The sender's key; length 12 and more. */
    public long senderKey() {
        return senderKey;
    }

    /** The receiver's key, echoed; length 20 and more. */
    public long receiverKey() {
        return receiverKey;
    }

    /** The length of the mapping of the connection's first bytes, 0..65535; length 22 and more. */
    public int dataLevelLength() {
        return dataLevelLength;
    }

    /** Whether that mapping has a checksum; length 22 and more. */
    public boolean hasChecksum() {
        return checksummed;
    }

    /** That checksum, as on the wire; 0 without one. */
    public int checksum() {
        return checksum;
    }
}
