package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DssChecksumTest {
    @Test
    @Rfc({"8684", "3.3.1"})
    void theChecksumCoversTheDataAndThePseudoHeader() {
        byte[] data = {1, 2, 3, 4, (byte) 0xff, (byte) 0xfe, 7};
        long dsn = 0xfedc_ba98_7654_3210L;
        int ssn = 0x8000_0001;
        ByteBuffer covered = ByteBuffer.allocate(16 + data.length + 1);
        covered.putLong(dsn).putInt(ssn).putShort((short) data.length).putShort((short) 0).put(data);
        assertThat(DssOption.checksum(dsn, ssn, data.length, onesComplementSum(data)))
                .isEqualTo(~onesComplementSum(covered.array()) & 0xffff);
    }

    /** RFC 1071 word by word, with nothing in common with the code under test. */
    private static int onesComplementSum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            int low = i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0;
            sum += (bytes[i] & 0xff) << 8 | low;
            if (sum > 0xffff) {
                sum = (sum & 0xffff) + 1;
            }
        }
        return sum;
    }
}
