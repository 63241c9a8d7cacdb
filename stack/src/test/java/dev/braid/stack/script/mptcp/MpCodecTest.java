package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.wire.IpAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The scripted peer's own codec against bytes written down by hand from the figures of RFC 8684. */
class MpCodecTest {
    private static void is(MpOption option, String hex, boolean syn, boolean ack) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(HexFormat.of().formatHex(MpCodec.encode(option))).isEqualTo(HexFormat.of().formatHex(bytes));
        MpOption read = MpCodec.decode(bytes, syn, ack);
        assertThat(option.matches(read)).as("%s is read as %s", option, read).isTrue();
    }

    @Test
    void capableHasNoneOneOrTwoKeysAndALengthWithData() {
        is(MpOption.capable().version(1).flags(MpOption.FLAG_H), "1e 04 01 01", true, false);
        is(MpOption.capable().version(1).flags(0x81).key(0x0102030405060708L),
                "1e 0c 01 81 01 02 03 04 05 06 07 08", true, true);
        is(MpOption.capable().version(1).flags(1).keys(1, 2).length(1400),
                "1e 16 01 01 0000000000000001 0000000000000002 0578", false, true);
        is(MpOption.capable().version(1).flags(0x81).keys(1, 2).length(3).checksum(0xabcd),
                "1e 18 01 81 0000000000000001 0000000000000002 0003 abcd", false, true);
    }

    @Test
    void aJoinHasThreeForms() {
        is(MpOption.join().backup().id(7).token(0xdeadbeef).nonce(0x01020304),
                "1e 0c 11 07 deadbeef 01020304", true, false);
        MpOption second = MpOption.join().notBackup().id(2).nonce(5);
        second.hmac = HexFormat.of().parseHex("1122334455667788");
        is(second, "1e 10 10 02 1122334455667788 00000005", true, true);
        MpOption third = MpOption.join();
        third.hmac = HexFormat.of().parseHex("0001020304050607080910111213141516171819");
        is(third, "1e 18 10 00 0001020304050607080910111213141516171819", false, true);
    }

    @Test
    void dssHasEveryWidth() {
        is(MpOption.dss().ack(0x11223344L).ackBytes(4), "1e 08 20 01 11223344", false, true);
        is(map(0x0102030405060708L, 1, 1400).dsnBytes(8).ack(9).ackBytes(8).fin(),
                "1e 1a 20 1f 0000000000000009 0102030405060708 00000001 0578", false, true);
        is(map(80, 1, 11).dsnBytes(4).checksum(0x1234), "1e 10 20 04 00000050 00000001 000b 1234", false, true);
    }

    @Test
    void addressesComeWithProofAndEchoWithout() {
        MpOption four = MpOption.addAddr(3, IpAddress.parse("10.1.2.3")).port(8080);
        four.hmac = HexFormat.of().parseHex("0102030405060708");
        is(four, "1e 12 30 03 0a010203 1f90 0102030405060708", false, true);
        is(MpOption.addAddr(3, IpAddress.parse("fd77::2")).echo(),
                "1e 14 31 03 fd770000000000000000000000000002", false, true);
        is(MpOption.removeAddr(3, 4), "1e 05 40 03 04", false, true);
    }

    @Test
    void theSmallOnes() {
        is(MpOption.prio(true), "1e 03 51", false, true);
        is(MpOption.fail(0x1122334455667788L), "1e 0c 60 00 1122334455667788", false, true);
        is(MpOption.fastclose().key(1), "1e 0c 70 00 0000000000000001", false, true);
        is(MpOption.tcprst(6).transientFailure(), "1e 04 81 06", false, true);
    }

    @Test
    void whatTheRfcForbidsIsNotRead() {
        assertThatThrownBy(() -> MpCodec.decode(HexFormat.of().parseHex("1e0501010a"), true, false))
                .hasMessageContaining("length of MP_CAPABLE");
        assertThatThrownBy(() -> MpCodec.decode(HexFormat.of().parseHex("1e0420ff"), false, true))
                .hasMessageContaining("reserved bits");
    }

    /** SHA-256 of eight zero bytes is af5570f5a1810b7a f78caf4bc70a660f 0df51e42baf91d4d e5b2328de0e83dfc. */
    @Test
    void tokenAndFirstNumberAreTheTwoEndsOfTheHash() {
        assertThat(MpCrypto.token(0)).isEqualTo(0xaf5570f5);
        assertThat(MpCrypto.idsn(0)).isEqualTo(0xe5b2328de0e83dfcL);
    }

    /** The example of section 3.3.3: ten bytes at 80, and the end at 90; the checksum covers the end's number by the length alone. */
    @Test
    void aChecksumCoversNumbersAndBytes() {
        assertThat(MpCrypto.checksum(80, 1, 2, new byte[] {0x12, 0x34})).isEqualTo(~(80 + 1 + 2 + 0x1234) & 0xffff);
        assertThat(MpCrypto.checksum(0x1_0000_0000L, 0, 1, new byte[] {(byte) 0xff}))
                .isEqualTo(~(1 + 1 + 0xff00) & 0xffff);
    }
}
