package dev.braid.tools.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.testing.Rfc;
import dev.braid.tools.names.DnsReply.Kind;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DnsMessageTest {
    private static final int ID = 0xbeef;
    private static final String NAME = "www.example";
    private static final DnsQuestion QUESTION = new DnsQuestion(NAME, true);

    private static @Nullable DnsReply read(byte[] message) {
        return DnsMessage.read(message, message.length, ID, QUESTION);
    }

    private static MessageBytes answer() {
        return MessageBytes.answer(ID, NAME, 1);
    }

    private static void finds(byte[] message, long ttl, String... addresses) {
        assertThat(read(message)).isNotNull().satisfies(reply -> {
            assertThat(reply.kind()).isEqualTo(Kind.FOUND);
            assertThat(reply.addresses()).map(IpAddress::toString).containsExactly(addresses);
            assertThat(reply.ttlSeconds()).isEqualTo(ttl);
        });
    }

    private static void isNoAnswer(byte[] message) {
        assertThat(read(message)).isNull();
    }

    @Test
    @Rfc({"1035", "4.1"})
    void addressesAreReadInTheServersOrder() {
        finds(answer().address(NAME, 60, "192.0.2.9").address(NAME, 30, "192.0.2.1").build(), 30, "192.0.2.9",
                "192.0.2.1");
    }

    @Test
    @Rfc({"3596", "2"})
    void addressesOfIpv6AreReadForTheirOwnQuestion() {
        byte[] message = MessageBytes.answer(ID, NAME, 28).address(NAME, 60, "2001:db8::1").build();
        isNoAnswer(message);
        assertThat(DnsMessage.read(message, message.length, ID, new DnsQuestion(NAME, false))).isNotNull()
                .satisfies(reply -> assertThat(reply.addresses()).containsExactly(IpAddress.parse("2001:db8::1")));
    }

    @Test
    @Rfc({"1035", "4.1.4"})
    void aPointerToTheQuestionIsFollowed() {
        finds(answer().addressOfPointer(MessageBytes.QUESTION_AT, new byte[] {10, 0, 0, 1}).build(), 60, "10.0.0.1");
    }

    @Test
    @Rfc({"4343", "3"})
    void lettersOfEitherCaseAreOneName() {
        finds(MessageBytes.answer(ID, "WWW.Example", 1).address("wWw.eXample", 5, "10.0.0.1").build(), 5, "10.0.0.1");
    }

    @Test
    void aliasesAreFollowedInWhateverOrderTheyStand() {
        finds(answer().address("c.example", 60, "10.0.0.1")
                .alias("b.example", 7, "c.example")
                .alias(NAME, 9, "b.example")
                .build(), 7, "10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9})
    void noMoreThanEightAliasesAreFollowed(int aliases) {
        MessageBytes message = answer();
        String from = NAME;
        for (int i = 0; i < aliases; i++) {
            message.alias(from, 60, "a" + i + ".example");
            from = "a" + i + ".example";
        }
        DnsReply reply = read(message.address(from, 60, "10.0.0.1").build());
        assertThat(reply).isNotNull();
        assertThat(reply.kind()).isEqualTo(aliases == 8 ? Kind.FOUND : Kind.FAILED);
    }

    @Test
    void aliasesInACircleLeadNowhere() {
        DnsReply reply = read(answer().alias(NAME, 60, "b.example").alias("b.example", 60, NAME).build());
        assertThat(reply).isNotNull();
        assertThat(reply.kind()).isEqualTo(Kind.FAILED);
    }

    @Test
    void anAddressOfAnotherNameIsNoneOfOurs() {
        DnsReply reply = read(answer().address("bank.example", 60, "10.0.0.66").build());
        assertThat(reply).isNotNull();
        assertThat(reply.kind()).isEqualTo(Kind.NOTHING);
    }

    @Test
    void noSuchNameIsAnAnswer() {
        assertThat(read(answer().code(3).build())).isEqualTo(DnsReply.of(Kind.NOTHING));
        assertThat(read(answer().build())).isEqualTo(DnsReply.of(Kind.NOTHING));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 9})
    void otherErrorsAreTheServersOwn(int code) {
        assertThat(read(answer().code(code).build())).isNotNull()
                .satisfies(reply -> assertThat(reply.kind()).isEqualTo(Kind.FAILED));
    }

    @Test
    void aTruncatedAnswerIsAskedForAgainWhateverElseItSays() {
        assertThat(read(answer().flags(0x8380).address(NAME, 60, "10.0.0.1").build()))
                .isEqualTo(DnsReply.of(Kind.TRUNCATED));
    }

    @Test
    @Rfc({"6891", "7"})
    void anOldServerNeedNotRepeatTheQuestion() {
        byte[] refusal = {(byte) 0xbe, (byte) 0xef, (byte) 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        assertThat(read(refusal)).isEqualTo(DnsReply.of(Kind.NOT_UNDERSTOOD));
    }

    @Test
    @Rfc({"5452", "9.1"})
    void anAnswerToAnotherQuestionIsNone() {
        byte[] good = answer().address(NAME, 60, "10.0.0.1").build();
        assertThat(DnsMessage.read(good, good.length, ID + 1, QUESTION)).as("other id").isNull();
        isNoAnswer(MessageBytes.answer(ID, "www.exampl", 1).address(NAME, 60, "10.0.0.1").build());
        isNoAnswer(answer().flags(0x0100).address(NAME, 60, "10.0.0.1").build());
        isNoAnswer(answer().flags(0xa180).address(NAME, 60, "10.0.0.1").build());
        isNoAnswer(answer().questions(0).address(NAME, 60, "10.0.0.1").build());
        isNoAnswer(answer().questions(2).address(NAME, 60, "10.0.0.1").build());
    }

    @Test
    void countsThatLieAreNoAnswer() {
        isNoAnswer(answer().address(NAME, 60, "10.0.0.1").claimsMore(1).build());
    }

    @Test
    void anAddressOfTheWrongLengthIsNoAnswer() {
        isNoAnswer(answer().record(NAME, 1, 60, new byte[16]).build());
        isNoAnswer(answer().record(NAME, 1, 60, new byte[0]).build());
    }

    @Test
    void pointersThatLeadForwardOrInCirclesAreNoAnswer() {
        int at = MessageBytes.QUESTION_AT + NAME.length() + 2 + 4;
        isNoAnswer(answer().addressOfPointer(at, new byte[4]).build());
        isNoAnswer(answer().addressOfPointer(at + 2, new byte[4]).build());
        isNoAnswer(answer().addressOfPointer(0x3fff, new byte[4]).build());
        // Two pointers at each other, in the data of a record before.
        byte[] circle = {(byte) 0xc0, (byte) (at + 13), (byte) 0xc0, (byte) (at + 11)};
        isNoAnswer(answer().record("", 99, 60, circle).addressOfPointer(at + 13, new byte[4]).build());
    }

    @Test
    @Rfc({"1035", "2.3.4"})
    void namesLongerThanTheLimitAreNoAnswer() {
        String label = "a".repeat(63);
        isNoAnswer(answer().address(String.join(".", label, label, label, label), 60, "10.0.0.1").build());
        byte[] tooLongLabel = new byte[70];
        tooLongLabel[0] = 64;
        isNoAnswer(answer().claimsMore(1).raw(tooLongLabel).build());
    }

    @Test
    void aMessageCutAnywhereIsNoAnswer() {
        byte[] whole = answer().alias(NAME, 60, "b.example").address("b.example", 60, "10.0.0.1").build();
        for (int length = 0; length < whole.length; length++) {
            assertThat(DnsMessage.read(whole, length, ID, QUESTION)).as("first %d bytes", length).isNull();
        }
    }

    @Test
    void whatIsKeptOfTenThousandAnswersIsBounded() {
        MessageBytes message = answer();
        for (int i = 0; i < 10_000; i++) {
            message.address(i % 2 == 0 ? NAME : "n" + i + ".example", 60, "10.0." + i / 256 % 256 + '.' + i % 256);
        }
        assertThat(read(message.build())).isNotNull()
                .satisfies(reply -> assertThat(reply.addresses()).hasSizeLessThanOrEqualTo(32));
    }

    @Test
    void noDamageMakesItThrow() {
        byte[] whole = answer().alias(NAME, 60, "b.example")
                .address("b.example", 60, "10.0.0.1")
                .addressOfPointer(MessageBytes.QUESTION_AT, new byte[4])
                .build();
        var random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = whole.clone();
            for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(damaged.length + 1);
            assertThatCode(() -> DnsMessage.read(damaged, length, ID, QUESTION))
                    .as(() -> Arrays.toString(damaged))
                    .doesNotThrowAnyException();
        }
    }
}
