package dev.braid.fastpath.counters;

import static java.util.Arrays.copyOf;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountersTest {
    @TempDir Path folder;

    @Test
    void anotherProcessReadsTheFileWhileItChanges() throws IOException {
        Path file = folder.resolve("counters");
        try (Arena arena = Arena.ofShared()) {
            Counters counters = CountersFile.create(file, arena, 8);
            Counter segments = counters.counter("TcpInSegs");
            segments.increment();
            segments.add(41);
            counters.counter("TcpOutSegs");
            assertThat(CountersFile.read(file)).containsExactly(entry("TcpInSegs", 42L),
                    entry("TcpOutSegs", 0L));
            assertThat(CountersFile.owner(file)).isEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void agronasReaderUnderstandsTheLayout() throws IOException {
        Path file = folder.resolve("counters");
        try (Arena arena = Arena.ofShared()) {
            Counters counters = CountersFile.create(file, arena, 8);
            counters.counter("IpInReceives").assign(7);
            counters.counter("DropBounds").assign(1);
            try (FileChannel channel = FileChannel.open(file)) {
                ByteBuffer all = channel.map(MapMode.READ_ONLY, 0, channel.size()).order(ByteOrder.nativeOrder());
                var metadata = new UnsafeBuffer(all, CountersFile.HEADER_LENGTH, 8 * Counters.METADATA_LENGTH);
                var values = new UnsafeBuffer(
                        all, CountersFile.HEADER_LENGTH + 8 * Counters.METADATA_LENGTH, 8 * Counters.VALUE_LENGTH);
                var seen = new HashMap<String, Long>();
                new CountersReader(metadata, values).forEach((value, id, label) -> seen.put(label, value));
                assertThat(seen).containsOnly(entry("IpInReceives", 7L),
                        entry("DropBounds", 1L));
            }
        }
    }

    @Test
    void theSameNameIsTheSameCounter() {
        try (Arena arena = Arena.ofConfined()) {
            Counters counters = Counters.inMemory(arena, 4);
            assertThat(counters.counter("a")).isSameAs(counters.counter("a"));
            assertThat(counters.value("nobody")).isZero();
        }
    }

    @Test
    void aFullBlockIsRefusedByName() {
        try (Arena arena = Arena.ofConfined()) {
            Counters counters = Counters.inMemory(arena, 1);
            counters.counter("first");
            assertThatThrownBy(() -> counters.counter("second")).hasMessageContaining("second");
        }
    }

    @Test
    void aForeignOrTruncatedFileIsRefused() throws IOException {
        Path foreign = Files.write(folder.resolve("foreign"), new byte[4096]);
        assertThatThrownBy(() -> CountersFile.read(foreign)).hasMessageContaining("is not a counters file");
        Path whole = folder.resolve("whole");
        try (Arena arena = Arena.ofShared()) {
            CountersFile.create(whole, arena, 8);
        }
        Path cut = Files.write(folder.resolve("cut"), copyOf(Files.readAllBytes(whole), 600));
        assertThatThrownBy(() -> CountersFile.read(cut)).hasMessageContaining("is cut short");
    }
}
