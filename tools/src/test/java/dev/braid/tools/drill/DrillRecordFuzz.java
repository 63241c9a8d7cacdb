package dev.braid.tools.drill;

import dev.braid.testing.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Any record on the drill's sockets: understood, or refused as a bad one. */
public final class DrillRecordFuzz {
    private DrillRecordFuzz() {}

    /** The input is which socket, a byte, and the record. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        boolean wire = input.flag();
        ByteBuffer record = ByteBuffer.wrap(input.rest()).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (wire) {
                WireRecord decoded = WireRecord.decode(record);
                if (decoded.data().remaining() > record.remaining()) {
                    throw new AssertionError("more data than the record has");
                }
            } else {
                CallRecord decoded = CallRecord.decode(record);
                if (decoded.name().remaining() > decoded.nameLength()
                        || decoded.data().remaining() > decoded.dataLength()) {
                    throw new AssertionError("more than the record says: " + decoded);
                }
            }
        } catch (BadRecord refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("refused without words", refused);
            }
        }
    }
}
