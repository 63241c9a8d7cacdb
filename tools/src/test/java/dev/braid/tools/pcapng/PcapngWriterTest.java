package dev.braid.tools.pcapng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The blocks of a file, read back by the format's own rules: length in front, length behind. */
class PcapngWriterTest {
    private static final int SHB = 0x0a0d0d0a;
    private static final int IDB = 1;
    private static final int ISB = 5;
    private static final int EPB = 6;
    private static final long NOON_NS = 1_700_000_000_123_456_789L;

    @TempDir private Path folder;

    private final Arena arena = Arena.ofAuto();
    private final long packet = Memory.allocate(arena, 70_000, 8);

    private record Block(int type, ByteBuffer body) {}

    /** Every block; a length that does not fit the file or differs from the one behind is a broken file. */
    private List<Block> blocks(Path file) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        var found = new ArrayList<Block>();
        while (all.hasRemaining()) {
            int at = all.position();
            int type = all.getInt();
            int length = all.getInt();
            assertThat(length).isBetween(12, Math.min(16 << 20, all.limit() - at)).matches(n -> n % 4 == 0);
            assertThat(all.getInt(at + length - 4)).isEqualTo(length);
            found.add(new Block(type, all.slice(at + 8, length - 12).order(ByteOrder.nativeOrder())));
            all.position(at + length);
        }
        return found;
    }

    private static List<Integer> types(List<Block> blocks) {
        return blocks.stream().map(Block::type).toList();
    }

    private static String text(Block block) {
        byte[] bytes = new byte[block.body().remaining()];
        block.body().get(0, bytes);
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void aClosedFileHoldsExactlyWhatWasWritten() throws IOException {
        Path file = folder.resolve("a.pcapng");
        try (PcapngWriter writer = PcapngWriter.create(file, "braid test")) {
            int link = writer.addInterface(new CaptureInterface("wifi", "10.0.0.2/24, MTU 1500", 96));
            Memory.put8(packet, 0x45);
            writer.packet(link, NOON_NS, packet, 41, 1500, PacketDirection.OUTBOUND, 3, "new data");
            writer.statistics(link, new InterfaceStatistics(NOON_NS, NOON_NS + 1, 10, 3, 7));
            assertThat(writer.packets()).isEqualTo(1);
        }
        List<Block> blocks = blocks(file);
        assertThat(types(blocks)).containsExactly(SHB, IDB, EPB, ISB);
        assertThat(text(blocks.get(0))).contains("braid test").contains(System.getProperty("os.name"));
        assertThat(text(blocks.get(1))).contains("wifi").contains("MTU 1500");
        ByteBuffer epb = blocks.get(2).body();
        assertThat(((long) epb.getInt(4) << 32) | (epb.getInt(8) & 0xffff_ffffL)).isEqualTo(NOON_NS);
        assertThat(epb.getInt(12)).isEqualTo(41);
        assertThat(epb.getInt(16)).isEqualTo(1500);
        assertThat(epb.get(20)).isEqualTo((byte) 0x45);
        // 41 bytes and 3 of padding; then comment of 8 bytes, flags, drop count, end.
        int options = 20 + 44;
        assertThat(epb.getShort(options)).isEqualTo((short) 1);
        assertThat(epb.getShort(options + 2)).isEqualTo((short) 8);
        assertThat(epb.getShort(options + 12)).isEqualTo((short) 2);
        assertThat(epb.getInt(options + 16)).as("outbound").isEqualTo(2);
        assertThat(epb.getShort(options + 20)).isEqualTo((short) 4);
        assertThat(epb.getLong(options + 24)).isEqualTo(3);
        assertThat(epb.getInt(options + 32)).as("end of options").isZero();
    }

    @Test
    void aGrowingFileCanBeReadAfterEachPacket() throws IOException {
        Path file = folder.resolve("growing.pcapng");
        try (PcapngWriter writer = PcapngWriter.create(file, "braid test")) {
            int link = writer.addInterface(new CaptureInterface("tun0", "", 0));
            for (int packets = 0; packets < 3; packets++) {
                List<Block> blocks = blocks(file);
                assertThat(types(blocks).stream().filter(type -> type == EPB)).hasSize(packets);
                assertThat(blocks.getLast().type()).as("what is not written yet").isNegative();
                writer.packet(link, NOON_NS, packet, 1500, 1500, PacketDirection.INBOUND, 0, null);
            }
        }
    }

    @Test
    void theFileGrowsOverManyWindows() throws IOException {
        Path file = folder.resolve("large.pcapng");
        int packets = 300;
        try (PcapngWriter writer = PcapngWriter.create(file, "braid test")) {
            int link = writer.addInterface(new CaptureInterface("tun0", "", 0));
            for (int i = 0; i < packets; i++) {
                int length = 65_535 - i;
                Memory.put32(packet, i);
                Memory.put32(packet + length - 4, ~i);
                writer.packet(link, NOON_NS + i, packet, length, length, PacketDirection.UNKNOWN, 0, null);
                if (i % 60 == 0) {
                    blocks(file);
                }
            }
            assertThat(writer.bytes()).isGreaterThan(16 << 20);
        }
        List<Block> blocks = blocks(file);
        assertThat(blocks).hasSize(2 + packets);
        for (int i = 0; i < packets; i++) {
            ByteBuffer body = blocks.get(2 + i).body().order(ByteOrder.BIG_ENDIAN);
            assertThat(body.getInt(20)).isEqualTo(i);
            assertThat(body.getInt(20 + 65_535 - i - 4)).isEqualTo(~i);
        }
    }

    @Test
    void longCommentsAreCutAndOldFilesReplaced() throws IOException {
        Path file = folder.resolve("b.pcapng");
        Files.write(file, new byte[20 << 20]);
        try (PcapngWriter writer = PcapngWriter.create(file, "braid test")) {
            int link = writer.addInterface(new CaptureInterface("tun0", "", 0));
            writer.packet(link, 0, packet, 1, 1, PacketDirection.INBOUND, 0, "x".repeat(100_000));
        }
        assertThat(types(blocks(file))).containsExactly(SHB, IDB, EPB);
        assertThat(Files.size(file)).isLessThan(5_000);
    }

    @Test
    void aPlaceThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> PcapngWriter.create(folder.resolve("no/such/folder.pcapng"), "x"))
                .isInstanceOf(NoSuchFileException.class);
    }
}
