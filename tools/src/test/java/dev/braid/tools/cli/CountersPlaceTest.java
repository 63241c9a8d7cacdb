package dev.braid.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose folder counters and sockets may lie in. */
class CountersPlaceTest {
    private static final int NOBODY = 65_534;

    @TempDir private Path place;

    private Path folder(String name) throws IOException {
        return Files.createDirectory(place.resolve(name));
    }

    private static void giveAway(Path path) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can make a folder somebody else's");
        Files.setAttribute(path, "unix:uid", NOBODY);
    }

    @Test
    void theUsersOwnRuntimeFolderIsUsed() throws IOException {
        Path runtime = folder("runtime");
        assertThat(CountersPlace.folder(runtime.toString(), folder("run"))).isEqualTo(runtime.resolve("braid"));
    }

    @Test
    void rootStaysOutOfAnotherUsersRuntimeFolder() throws IOException {
        Path runtime = folder("runtime");
        Path run = folder("run");
        giveAway(runtime);
        assertThat(CountersPlace.folder(runtime.toString(), run)).isEqualTo(run.resolve("braid"));
    }

    @Test
    void rootsOwnSessionFolderIsNotUsedForItGoesWithTheSession() throws IOException {
        Path run = folder("run");
        Path session = Files.createDirectories(run.resolve("user").resolve("0"));
        assertThat(CountersPlace.folder(session.toString(), run)).isEqualTo(run.resolve("braid"));
    }

    @Test
    void aRuntimeFolderThatIsALinkIsNotUsed() throws IOException {
        Path run = folder("run");
        Path link = Files.createSymbolicLink(place.resolve("link"), folder("elsewhere"));
        assertThat(CountersPlace.folder(link.toString(), run)).isEqualTo(run.resolve("braid"));
        assertThat(CountersPlace.folder(null, run)).isEqualTo(run.resolve("braid"));
        assertThat(CountersPlace.folder("", run)).isEqualTo(run.resolve("braid"));
    }

    @Test
    void aFolderIsMadeForItsOwnerAlone() throws IOException {
        Path braid = place.resolve("braid");
        assertThat(CountersPlace.prepare(braid).getParent()).isEqualTo(braid);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(braid))).isEqualTo("rwx------");
        Files.setPosixFilePermissions(braid, PosixFilePermissions.fromString("rwxrwxrwx"));
        CountersPlace.prepare(braid);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(braid))).isEqualTo("rwx------");
    }

    @Test
    void aLinkInItsPlaceIsRefusedAndWhatItPointsToStaysAsItIs() throws IOException {
        Path target = folder("target");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path stale = Files.createFile(target.resolve("999999999.counters"));
        Path braid = Files.createSymbolicLink(place.resolve("braid"), target);
        assertThatThrownBy(() -> CountersPlace.prepare(braid)).isInstanceOf(IOException.class)
                .hasMessageContaining("is a link or another user's");
        assertThat(stale).exists();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target))).isEqualTo("rwxr-xr-x");
    }

    @Test
    void anotherUsersFolderInItsPlaceIsRefused() throws IOException {
        Path braid = folder("braid");
        giveAway(braid);
        assertThatThrownBy(() -> CountersPlace.prepare(braid)).isInstanceOf(IOException.class);
    }
}
