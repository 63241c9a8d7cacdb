package dev.braid.stack.mptcp;

import dev.braid.fastpath.frame.ExtensionType;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;

/**
 * A data sequence mapping on its way with the payload it came with (RFC 8684 section 3.3.1): an extension of the frame, so that a
 * segment keeps it however long it waits for a gap before it. Core thread only.
 */
final class DssMapping {
    /** What an infinite mapping has for its length (section 3.7). */
    static final int INFINITE = 0;

    private static final int POSITION = 0;
    private static final int SSN = 8;
    private static final int LENGTH = 12;
    private static final int CHECKSUM = 16;
    private static final int FLAGS = 20;
    private static final int BYTES = 24;

    private static final int FLAG_FIN = 1;
    private static final int FLAG_CHECKSUM = 2;

    private static final ExtensionType TYPE = ExtensionType.register("mptcp mapping", BYTES);

    private DssMapping() {}

    /**
     * Gives a frame its mapping.
     *
     * @param position place of the first mapped byte in the connection's stream, 0 = the first byte of all
     * @param ssn the subflow sequence number of that byte
     * @param length data-level length as on the wire, a DATA_FIN included; {@link #INFINITE}
     * @param dataFin the last of it is a DATA_FIN
     * @param checksum the option's checksum, or -1 for none
     * @return false when no extension block is left
     */
    static boolean attach(Frame frame, long position, int ssn, int length, boolean dataFin, int checksum) {
        long block = frame.extensions().writable(TYPE);
        if (block == 0) {
            return false;
        }
        Memory.putNative64(block + POSITION, position);
        Memory.putNative32(block + SSN, ssn);
        Memory.putNative32(block + LENGTH, length);
        Memory.putNative32(block + CHECKSUM, Math.max(0, checksum));
        Memory.putNative32(block + FLAGS, (dataFin ? FLAG_FIN : 0) | (checksum >= 0 ? FLAG_CHECKSUM : 0));
        return true;
    }

    /** The mapping of a frame, to be read by the methods below; 0 when it has none. */
    static long of(Frame frame) {
        return frame.extensions().find(TYPE);
    }

    /** Takes it off a frame whose bytes have found their place. */
    static void remove(Frame frame) {
        frame.extensions().remove(TYPE);
    }

    /** Place of the first mapped byte in the connection's stream. */
    static long position(long mapping) {
        return Memory.nativeI64(mapping + POSITION);
    }

    /** Subflow sequence number of the first mapped byte. */
    static int ssn(long mapping) {
        return Memory.nativeI32(mapping + SSN);
    }

    /** Data-level length as on the wire. */
    static int dataLevelLength(long mapping) {
        return Memory.nativeI32(mapping + LENGTH);
    }

    /** Bytes of payload that are mapped: the data-level length without the DATA_FIN. */
    static int payload(long mapping) {
        return dataLevelLength(mapping) - (Memory.nativeI32(mapping + FLAGS) & FLAG_FIN);
    }

    /** The checksum as on the wire, or -1. */
    static int checksum(long mapping) {
        return (Memory.nativeI32(mapping + FLAGS) & FLAG_CHECKSUM) == 0 ? -1 : Memory.nativeI32(mapping + CHECKSUM);
    }
}
