package dev.braid.tundriver.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixDatagramTest {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    @TempDir private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a socket bound to {@code name} receives when {@code path} is sent to. */
    private static String received(byte[] name, int length, String path, String text) {
        int descriptor = Sockets.socket(AF_UNIX, SOCK_DGRAM | Sockets.SOCK_NONBLOCK, 0);
        try (Arena arena = Arena.ofConfined()) {
            long address = Memory.allocate(arena, 110, 8);
            Memory.putNative16(address, AF_UNIX);
            Memory.copyIn(name, 0, address + 2, name.length);
            assertThat(Sockets.bind(descriptor, address, length)).isZero();
            UnixDatagram.send(path, bytes(text));
            long buffer = Memory.allocate(arena, 64, 8);
            int got = Sockets.recvfrom(descriptor, buffer, 64, 0, 0L, 0L);
            assertThat(got).isNotNegative();
            byte[] data = new byte[got];
            Memory.copyOut(buffer, data, 0, got);
            return new String(data, StandardCharsets.UTF_8);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    @Test
    void aSocketInTheFileSystemIsReached() {
        String path = folder.resolve("notify").toString();
        assertThat(received(bytes(path), 2 + path.length() + 1, path, "READY=1")).isEqualTo("READY=1");
    }

    @Test
    void anAbstractSocketIsReached() {
        String name = "braid-test-" + ProcessHandle.current().pid();
        assertThat(received(bytes("\0" + name), 3 + name.length(), "@" + name, "STOPPING=1")).isEqualTo("STOPPING=1");
    }

    @Test
    void nobodyThereAndNoPathAreTold() {
        String nobody = folder.resolve("nobody").toString();
        assertErrno(nobody, Errno.ENOENT);
        assertErrno("", Errno.EINVAL);
        assertErrno("relative", Errno.EINVAL);
        assertErrno("/" + "x".repeat(107), Errno.EINVAL);
    }

    private static void assertErrno(String path, int errno) {
        assertThatThrownBy(() -> UnixDatagram.send(path, bytes("x")))
                .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }
}
