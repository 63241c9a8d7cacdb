package dev.braid.tundriver.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class NftWriterTest {
    @Test
    void aTableIsWrittenInTheBytesThatAKernelTook() throws IOException {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the expected bytes are little-endian");
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        int sequence = 1;
        batch.writeBytes(NftWriter.begin().finish(sequence++, false));
        for (Change change : NftWriter.replace(NftSample.table())) {
            batch.writeBytes(change.request().finish(sequence++, true));
        }
        batch.writeBytes(NftWriter.end().finish(sequence, false));
        assertThat(HexFormat.of().formatHex(batch.toByteArray())).isEqualTo(golden());
    }

    private static String golden() throws IOException {
        try (InputStream in = NftWriterTest.class.getResourceAsStream("nft-batch.hex")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
        }
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        assertRefused("odd", new NftExpression.Other("lookup"));
        assertRefused("too long a name", NftSample.in("sixteen-bytes-na"));
        assertRefused("no name", NftSample.in(""));
        assertRefused("x".repeat(255), new NftExpression.Drop());
    }

    private static void assertRefused(String comment, NftExpression expression) {
        NftChain chain = new NftChain("forward", NftChain.Hook.FORWARD, 0, NftChain.Type.FILTER,
                List.of(NftRule.of(comment, expression)));
        assertThatThrownBy(() -> NftWriter.replace(new NftTable("braid", List.of(chain))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
