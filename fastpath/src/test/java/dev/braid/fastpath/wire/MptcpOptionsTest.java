package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec of Multipath TCP's options against bytes written down from RFC 8684's figures. */
class MptcpOptionsTest {
    private static final long KEY = 0x0102030405060708L;
    private static final long OTHER_KEY = 0x1112131415161718L;

    private final Arena arena = Arena.ofConfined();
    private final long memory = Memory.allocate(arena, 64, 8);
    private final MptcpOptions options = new MptcpOptions();

    @AfterEach
    void free() {
        arena.close();
    }

    private void parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        Memory.copyIn(bytes, 0, memory, bytes.length);
        options.parse(memory, bytes.length);
    }

    private String written(int length) {
        byte[] bytes = new byte[length];
        Memory.copyOut(memory, bytes, 0, length);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void capableOfEachPacketOfTheHandshakeIsUnderstood() {
        parse("1e04 01 81");
        assertThat(options.present()).isEqualTo(MptcpOptions.MP_CAPABLE);
        assertThat(options.capable().version()).isEqualTo(1);
        assertThat(options.capable().flags()).isEqualTo(CapableOption.CHECKSUM_REQUIRED | CapableOption.HMAC_SHA256);
        parse("1e0c 01 21 0102030405060708");
        assertThat(options.capable().length()).isEqualTo(MptcpOptionWriter.CAPABLE_SYN_ACK);
        assertThat(options.capable().senderKey()).isEqualTo(KEY);
        parse("1e14 01 01 0102030405060708 1112131415161718");
        assertThat(options.capable().receiverKey()).isEqualTo(OTHER_KEY);
        assertThat(options.capableMaps()).isFalse();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void capableWithDataShowsAsAMapping() {
        parse("1e18 01 81 0102030405060708 1112131415161718 fffe abcd");
        assertThat(options.capableMaps()).isTrue();
        assertThat(options.dss().hasMapping()).isFalse();
        options.mapFromCapable(77);
        assertThat(options.dss().hasMapping()).isTrue();
        assertThat(options.dss().dsn()).isEqualTo(77);
        assertThat(options.dss().dsnIs64()).isTrue();
        assertThat(options.dss().ssn()).isEqualTo(1);
        assertThat(options.dss().dataLevelLength()).isEqualTo(0xfffe);
        assertThat(options.dss().hasChecksum()).isTrue();
        assertThat(options.dss().checksum()).isEqualTo(0xabcd);
        assertThat(options.dss().dataFin()).isFalse();
    }

    @Test
    @Rfc({"8684", "3.2"})
    void joinOfEachPacketIsUnderstood() {
        parse("1e0c 11 07 deadbeef 01020304");
        assertThat(options.present()).isEqualTo(MptcpOptions.MP_JOIN);
        assertThat(options.join().backup()).isTrue();
        assertThat(options.join().addressId()).isEqualTo(7);
        assertThat(options.join().token()).isEqualTo(0xdeadbeef);
        assertThat(options.join().nonce()).isEqualTo(0x01020304);
        parse("1e10 10 ff 0102030405060708 0a0b0c0d");
        assertThat(options.join().backup()).isFalse();
        assertThat(options.join().addressId()).isEqualTo(255);
        assertThat(options.join().hmacHigh()).isEqualTo(KEY);
        assertThat(options.join().nonce()).isEqualTo(0x0a0b0c0d);
        parse("1e18 10 00 0102030405060708 1112131415161718 21222324");
        assertThat(options.join().length()).isEqualTo(MptcpOptionWriter.JOIN_ACK);
        assertThat(options.join().hmacHigh()).isEqualTo(KEY);
        assertThat(options.join().hmacMiddle()).isEqualTo(OTHER_KEY);
        assertThat(options.join().hmacLow()).isEqualTo(0x21222324);
    }

    @ParameterizedTest
    @CsvSource({
        "1e08 20 01 fffffffe, true, false, 4294967294, false, 0, 0, 0, -1",
        "1e0c 20 03 00000001fffffffe, true, true, 8589934590, false, 0, 0, 0, -1",
        "1e0e 20 04 fffffff0 00000009 0064, false, false, 0, true, 4294967280, 9, 100, -1",
        "1e16 20 0d 00000005 0102030405060708 00000001 0001, true, false, 5, true, 72623859790382856, 1, 1, -1",
        "1e1c 20 0f 0000000000000005 0102030405060708 80000001 ffff 1234,"
                + " true, true, 5, true, 72623859790382856, -2147483647, 65535, 4660",
    })
    @Rfc({"8684", "3.3"})
    void dssInAllItsWidthsIsUnderstood(
            String hex, boolean ack, boolean ack64, long dataAck, boolean map, long dsn, int ssn, int length, int sum) {
        parse(hex);
        assertThat(options.present()).isEqualTo(MptcpOptions.DSS);
        assertThat(options.dss().hasDataAck()).isEqualTo(ack);
        assertThat(options.dss().dataAckIs64()).isEqualTo(ack64);
        assertThat(options.dss().hasMapping()).isEqualTo(map);
        if (ack) {
            assertThat(options.dss().dataAck()).isEqualTo(dataAck);
        }
        if (map) {
            assertThat(options.dss().dsn()).isEqualTo(dsn);
            assertThat(options.dss().ssn()).isEqualTo(ssn);
            assertThat(options.dss().dataLevelLength()).isEqualTo(length);
            assertThat(options.dss().hasChecksum()).isEqualTo(sum >= 0);
        }
        if (sum >= 0) {
            assertThat(options.dss().checksum()).isEqualTo(sum);
        }
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void aDataFinCountsOnlyWithAMapping() {
        parse("1e12 20 1c 0000000000000005 00000000 0001");
        assertThat(options.dss().dataFin()).isTrue();
        parse("1e08 20 11 00000005");
        assertThat(options.dss().dataFin()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "1e05 01 81 00", // MP_CAPABLE of no packet
        "1e0d 11 07 deadbeef 01020304 00", // MP_JOIN too long
        "1e07 20 01 000000", // DSS with half a DATA_ACK
        "1e0a 20 01 00000001 0102", // a checksum without mapping
        "1e04 20", // ends within
        "1e03 20", // DSS without flags
        "1e0b 30 01 c0000201 010203", // ADD_ADDR with half an HMAC
        "1e03 40", // REMOVE_ADDR of nothing
        "1e04 50 01", // MP_PRIO of version 0
        "1e0b 60 00 00000000000001", // MP_FAIL too short
        "1e04 70 00", // MP_FASTCLOSE without key
        "1e05 80 00 00", // MP_TCPRST too long
        "1e04 90 00", // a subtype that is not assigned
        "1e02", // no subtype
    })
    void whatHasTheWrongLengthIsSkippedAndNoted(String hex) {
        parse(hex);
        assertThat(options.present()).isZero();
        assertThat(options.malformed()).isTrue();
    }

    @Test
    void aBadOptionDoesNotHideTheNext() {
        parse("1e05018100 01 1e0350");
        assertThat(options.present()).isEqualTo(MptcpOptions.MP_PRIO);
        assertThat(options.malformed()).isTrue();
    }

    @Test
    void theLastOfARepeatedOptionCounts() {
        parse("1e08200100000001 1e08200100000002");
        assertThat(options.dss().dataAck()).isEqualTo(2);
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void everyAddAddrOfASegmentIsKept() {
        parse("1e08 31 01 c0000201  1e0a 31 02 c0000202 1f90  1e10 30 03 c0000203 1112131415161718");
        assertThat(options.present()).isEqualTo(MptcpOptions.ADD_ADDR);
        assertThat(options.addresses().added()).isEqualTo(3);
        assertThat(options.addresses().echo(0)).isTrue();
        assertThat(options.addresses().id(1)).isEqualTo(2);
        assertThat(options.addresses().port(1)).isEqualTo(8080);
        assertThat(options.addresses().lo(1)).isEqualTo(0xffff_c000_0202L);
        assertThat(options.addresses().echo(2)).isFalse();
        assertThat(options.addresses().port(2)).isZero();
        assertThat(options.addresses().hmac(2)).isEqualTo(OTHER_KEY);
        parse("1e1e 30 09 20010db8000000000000000000000001 0050 1112131415161718");
        assertThat(options.addresses().hi(0)).isEqualTo(0x20010db800000000L);
        assertThat(options.addresses().lo(0)).isEqualTo(1);
        assertThat(options.addresses().port(0)).isEqualTo(80);
        assertThat(options.addresses().hmac(0)).isEqualTo(OTHER_KEY);
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void removeAddrNamesAsManyIdsAsItHas() {
        parse("1e05 40 0102 1e04 40 ff");
        assertThat(options.addresses().removed()).isEqualTo(3);
        assertThat(options.addresses().removedId(0)).isEqualTo(1);
        assertThat(options.addresses().removedId(2)).isEqualTo(255);
    }

    @Test
    void theShortOptionsAreUnderstood() {
        parse("1e03 51");
        assertThat(options.prioBackup()).isTrue();
        parse("1e0c 60 00 0102030405060708");
        assertThat(options.failDsn()).isEqualTo(KEY);
        parse("1e0c 70 00 0102030405060708");
        assertThat(options.fastCloseKey()).isEqualTo(KEY);
        parse("1e04 81 03");
        assertThat(options.present()).isEqualTo(MptcpOptions.MP_TCPRST);
        assertThat(options.resetFlags()).isEqualTo(1);
        assertThat(options.resetReason()).isEqualTo(3);
    }

    @Test
    void eachOptionIsWrittenAsTheFiguresShowIt() {
        assertThat(written(MptcpOptionWriter.writeCapableSyn(memory, 0x81))).isEqualTo("1e040181");
        assertThat(written(MptcpOptionWriter.writeCapableSynAck(memory, 1, KEY))).isEqualTo("1e0c01010102030405060708");
        assertThat(written(MptcpOptionWriter.writeCapableAck(memory, 1, KEY, OTHER_KEY)))
                .isEqualTo("1e14010101020304050607081112131415161718");
        assertThat(written(MptcpOptionWriter.writeCapableData(
                memory, 1, KEY, OTHER_KEY, 1400, MptcpOptionWriter.NO_CHECKSUM)))
                .isEqualTo("1e160101010203040506070811121314151617180578");
        assertThat(written(MptcpOptionWriter.writeCapableData(memory, 0x81, KEY, OTHER_KEY, 1400, 0xabcd)))
                .isEqualTo("1e180181010203040506070811121314151617180578abcd");
        assertThat(written(MptcpOptionWriter.writeJoinSyn(memory, true, 7, 0xdeadbeef, 0x01020304)))
                .isEqualTo("1e0c1107deadbeef01020304");
        assertThat(written(MptcpOptionWriter.writeJoinSynAck(memory, false, 255, KEY, 0x0a0b0c0d)))
                .isEqualTo("1e1010ff01020304050607080a0b0c0d");
        assertThat(written(MptcpOptionWriter.writeJoinAck(memory, KEY, OTHER_KEY, 0x21222324)))
                .isEqualTo("1e1810000102030405060708111213141516171821222324");
        assertThat(written(MptcpOptionWriter.writeDssAck(memory, 5, true))).isEqualTo("1e0c20030000000000000005");
        assertThat(written(MptcpOptionWriter.writeDssAck(memory, -1, false))).isEqualTo("1e082001ffffffff");
        assertThat(written(MptcpOptionWriter.writeDss(memory, 5, true, KEY, true, 1, 2, 0x1234, true)))
                .isEqualTo("1e1c201f000000000000000501020304050607080000000100021234");
        assertThat(written(MptcpOptionWriter.writeDss(
                memory, 5, false, KEY, false, 1, 2, MptcpOptionWriter.NO_CHECKSUM, false)))
                .isEqualTo("1e1220050000000505060708000000010002");
        assertThat(written(MptcpOptionWriter.writeAddAddr(memory, false, 3, 0, 0xffff_c000_0203L, 0, KEY)))
                .isEqualTo("1e103003c00002030102030405060708");
        assertThat(written(MptcpOptionWriter.writeAddAddr(memory, true, 3, 0x20010db800000000L, 1, 80, 0)))
                .isEqualTo("1e16310320010db80000000000000000000000010050");
        assertThat(written(MptcpOptionWriter.writeRemoveAddr(memory, new int[] {1, 255}, 2))).isEqualTo("1e054001ff");
        assertThat(written(MptcpOptionWriter.writePrio(memory, true))).isEqualTo("1e0351");
        assertThat(written(MptcpOptionWriter.writeFail(memory, KEY))).isEqualTo("1e0c60000102030405060708");
        assertThat(written(MptcpOptionWriter.writeFastClose(memory, KEY))).isEqualTo("1e0c70000102030405060708");
        assertThat(written(MptcpOptionWriter.writeTcpRst(memory, 1, 3))).isEqualTo("1e048103");
    }

    @Test
    void hostileBytesStayWithinTheirBoundsAndTheFieldsInTheirRanges() {
        Random random = new Random(8684);
        for (int round = 0; round < 300_000; round++) {
            int length = random.nextInt(41);
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            for (int i = 0; i + 3 < length; i += 1 + random.nextInt(12)) {
                bytes[i] = 30; // else hardly any would be looked at
                bytes[i + 1] = (byte) random.nextInt(26);
                bytes[i + 2] = (byte) (random.nextInt(10) << 4 | random.nextInt(16));
            }
            Memory.copyIn(bytes, 0, memory, length);
            options.parse(memory, length);
            assertThat(options.addresses().added()).isBetween(0, AddressOptions.MAX_ADDED);
            assertThat(options.addresses().removed()).isBetween(0, AddressOptions.MAX_REMOVED);
            assertThat(options.dss().hasMapping() && !options.has(MptcpOptions.DSS)).isFalse();
        }
    }
}
