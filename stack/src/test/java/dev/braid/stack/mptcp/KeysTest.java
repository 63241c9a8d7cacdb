package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import java.nio.ByteBuffer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class KeysTest {
    private final Keys keys = new Keys();

    private static ByteBuffer hmac(long first, long second, byte[] message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(
                ByteBuffer.allocate(16).putLong(first).putLong(second).array(), "HmacSHA256"));
        return ByteBuffer.wrap(mac.doFinal(message));
    }

    @Test
    @Rfc({"8684", "3.1"})
    void tokenAndInitialNumberAreTheEndsOfTheKeysHash() {
        // SHA-256 of eight zero bytes: af5570f5 a1810b7a ... e5b2328d e0e83dfc
        assertThat(keys.derive(0)).isEqualTo(new HostKey(0, 0xaf5570f5, 0xe5b2328de0e83dfcL));
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aJoinIsSignedWithBothKeysAndBothNonces() throws Exception {
        keys.join(1, 2, 3, 4);
        ByteBuffer expected = hmac(1, 2, new byte[] {0, 0, 0, 3, 0, 0, 0, 4});
        assertThat(keys.leftmost64()).isEqualTo(expected.getLong(0));
        assertThat(keys.middle64()).isEqualTo(expected.getLong(8));
        assertThat(keys.low32()).isEqualTo(expected.getInt(16));
        assertThat(keys.rightmost64()).isEqualTo(expected.getLong(24));
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAddressIsSignedWithItsIdAndPort() throws Exception {
        keys.addAddress(1, 2, 9, 0, 0xffff_c000_0201L, 0x1f90);
        ByteBuffer four = hmac(1, 2, new byte[] {9, (byte) 0xc0, 0, 2, 1, 0x1f, (byte) 0x90});
        assertThat(keys.rightmost64()).isEqualTo(four.getLong(24));
        keys.addAddress(1, 2, 255, 0x20010db800000000L, 1, 0);
        byte[] six = new byte[19];
        ByteBuffer.wrap(six).put((byte) 255).putLong(0x20010db800000000L).putLong(1);
        assertThat(keys.rightmost64()).isEqualTo(hmac(1, 2, six).getLong(24));
    }
}
