package dev.braid.stack.script.mptcp;

import dev.braid.fastpath.memory.Memory;

/** An option of a packet in words, for journals: numbers as on the wire. */
public final class OptionText {
    private OptionText() {}

    /** An option at this address, kind and length included, of a segment with or without SYN and ACK. */
    public static String of(int kind, long address, int length, boolean syn, boolean ack) {
        if (kind != MpCodec.KIND) {
            return "kind " + kind;
        }
        byte[] bytes = new byte[length];
        Memory.copyOut(address, bytes, 0, length);
        try {
            return MpCodec.decode(bytes, syn, ack).toString();
        } catch (AssertionError bad) {
            return bad.getMessage();
        }
    }
}
