package dev.braid.tundriver.sys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoVectorTest {
    @Test
    void aFullVectorTakesNoMore() {
        try (Arena arena = Arena.ofConfined()) {
            IoVector pieces = new IoVector(arena, 2);
            assertThat(pieces.add(1, 10)).isTrue();
            assertThat(pieces.add(2, 20)).isTrue();
            assertThat(pieces.add(3, 30)).isFalse();
            assertThat(pieces.count()).isEqualTo(2);
            assertThat(pieces.bytes()).isEqualTo(30);
            pieces.clear();
            assertThat(pieces.count()).isZero();
            assertThat(pieces.bytes()).isZero();
        }
    }

    @Test
    void piecesAreGatheredAndScatteredInTheirOrder(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("pieces"));
        try (Arena arena = Arena.ofConfined()) {
            long memory = Memory.allocate(arena, 64, 8);
            Memory.copyIn(new byte[] {1, 2, 3, 4, 5, 6}, 0, memory, 6);
            IoVector pieces = new IoVector(arena, 3);
            pieces.add(memory + 4, 2);
            pieces.add(memory, 1);
            pieces.add(memory + 1, 3);
            int descriptor = Descriptors.open(file.toString(), Descriptors.O_RDWR);
            assertThat(Descriptors.writev(descriptor, pieces)).isEqualTo(6);
            Descriptors.close(descriptor);
            assertThat(Files.readAllBytes(file)).containsExactly(5, 6, 1, 2, 3, 4);

            descriptor = Descriptors.open(file.toString(), Descriptors.O_RDONLY);
            pieces.clear();
            pieces.add(memory + 32, 4);
            pieces.add(memory + 48, 16);
            assertThat(Descriptors.readv(descriptor, pieces)).isEqualTo(6);
            Descriptors.close(descriptor);
            byte[] read = new byte[6];
            Memory.copyOut(memory + 32, read, 0, 4);
            Memory.copyOut(memory + 48, read, 4, 2);
            assertThat(read).containsExactly(5, 6, 1, 2, 3, 4);
        }
    }
}
