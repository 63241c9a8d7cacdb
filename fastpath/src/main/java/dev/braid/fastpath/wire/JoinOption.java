package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * What an MP_JOIN says (RFC 8684 section 3.2). Meaningful while {@link MptcpOptions#has} answers true for
 * {@link MptcpOptions#MP_JOIN}. One owner thread; allocation-free.
 */
public final class JoinOption {
    private int length;
    private boolean backup;
    private int addressId;
    private int token;
    private int nonce;
    private long hmacHigh;
    private long hmacMiddle;
    private int hmacLow;

    JoinOption() {}

    /** Decodes the option; false when it has no length that suits it. */
    boolean parse(long at, int optionLength) {
        switch (optionLength) {
            case MptcpOptionWriter.JOIN_SYN -> {
                token = Memory.i32(at + 4);
                nonce = Memory.i32(at + 8);
            }
            case MptcpOptionWriter.JOIN_SYN_ACK -> {
                hmacHigh = Memory.i64(at + 4);
                nonce = Memory.i32(at + 12);
            }
            case MptcpOptionWriter.JOIN_ACK -> {
                hmacHigh = Memory.i64(at + 4);
                hmacMiddle = Memory.i64(at + 12);
                hmacLow = Memory.i32(at + 20);
            }
            default -> {
                return false;
            }
        }
        length = optionLength;
        backup = optionLength != MptcpOptionWriter.JOIN_ACK && (Memory.u8(at + 2) & 1) != 0;
        addressId = optionLength != MptcpOptionWriter.JOIN_ACK ? Memory.u8(at + 3) : 0;
        return true;
    }

    /** The option's length, which tells its form: 12 on a SYN, 16 on a SYN/ACK, 24 on the ACK behind it. */
    public int length() {
        return length;
    }

    /** Flag B: the subflow is a backup. SYN and SYN/ACK. */
    public boolean backup() {
        return backup;
    }

    /** Address ID of the sender's address, 0..255. SYN and SYN/ACK. */
    public int addressId() {
        return addressId;
    }

    /** The receiver's token. SYN. */
    public int token() {
        return token;
    }

    /** The sender's random number. SYN and SYN/ACK. */
    public int nonce() {
        return nonce;
    }

    /** The leftmost 64 bits of the sender's HMAC. SYN/ACK and ACK. */
    public long hmacHigh() {
        return hmacHigh;
    }

    /** The 64 bits behind them. ACK. */
    public long hmacMiddle() {
        return hmacMiddle;
    }

    /** The last 32 bits of the sender's truncated HMAC. ACK. */
    public int hmacLow() {
        return hmacLow;
    }
}
