package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
    private static final JournalEntry FIRST = new JournalEntry("net/ipv4/conf/wlan0/forwarding", "0", "1", 3, false);
    private static final JournalEntry SECOND = new JournalEntry("net/ipv6/conf/wlan0/force_forwarding", "0", "1", 3,
            false);

    @TempDir Path folder;

    private Journal create() throws IOException {
        return Journal.create(folder, JournalHeader.here(BindingBed.BINDING));
    }

    private Journal.Told read() throws IOException {
        return Objects.requireNonNull(Journal.read(folder));
    }

    private static Journal.Told parse(String text) {
        return Objects.requireNonNull(Journal.parse(text));
    }

    @Test
    void whatIsNotedIsReadBack() throws IOException {
        try (Journal journal = create()) {
            journal.note(FIRST);
            journal.note(SECOND);
        }
        assertThat(read().header()).isEqualTo(JournalHeader.here(BindingBed.BINDING));
        assertThat(read().entries()).containsExactly(FIRST, SECOND);
        assertThat(Files.getPosixFilePermissions(folder.resolve(Journal.FILE)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void theFirstValueCounts() throws IOException {
        try (Journal journal = create()) {
            journal.note(FIRST);
            journal.note(new JournalEntry("net/ipv4/conf/renamed/forwarding", "1", "1", 3, false));
        }
        assertThat(read().entries()).containsExactly(FIRST);
    }

    @Test
    void aTornLastLineIsNothing() throws IOException {
        try (Journal journal = create()) {
            journal.note(FIRST);
            journal.note(SECOND);
        }
        Path file = folder.resolve(Journal.FILE);
        String whole = Files.readString(file);
        for (int cut = 1; cut < whole.length(); cut++) {
            Journal.Told told = parse(whole.substring(0, whole.length() - cut));
            assertThat(told.entries().size()).isLessThan(2);
        }
        assertThat(parse("").header()).isNull();
    }

    @Test
    void noOtherSettingIsEverWritten() throws IOException {
        try (Journal journal = create()) {
            assertThat(journal.entries()).isEmpty();
        }
        String first = Files.readString(folder.resolve(Journal.FILE));
        for (String key : new String[] {
            "kernel/core_pattern",
            "net/ipv4/conf/../../../kernel/forwarding",
            "net/ipv4/conf/all/forwarding",
            "net/ipv4/conf/default/forwarding",
            "net/ipv4/conf/../forwarding",
            "net/ipv4/conf/wlan0/rp_filter",
            "/etc/passwd"
        }) {
            String line = "{\"sysctl\":\"" + key + "\",\"was\":\"0\",\"now\":\"1\",\"device\":3,\"router\":false}\n";
            assertThat(parse(first + line).entries()).as(key).isEmpty();
        }
        assertThat(parse(first + "\0\1\2binary\n").entries()).isEmpty();
    }

    @Test
    void aJournalOfAnotherFormIsRefusedInsteadOfForgotten() throws IOException {
        try (Journal journal = create()) {
            journal.note(FIRST);
        }
        Path file = folder.resolve(Journal.FILE);
        String ours = Files.readString(file);
        String others = ours.replace("\"v\":" + JournalHeader.VERSION, "\"v\":" + (JournalHeader.VERSION + 1));
        for (String text : new String[] {others, ours.replaceFirst("\"v\":", "\"form\":"), "[]\n", "\n", "\0\1\n"}) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> Journal.read(folder)).as(text).hasMessageContaining("no journal of this version");
            assertThat(file).exists();
        }
    }

    @Test
    void aLinkIsRefused() throws IOException {
        Path elsewhere = Files.createFile(folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve(Journal.FILE), elsewhere);
        assertThatThrownBy(() -> Journal.read(folder)).isInstanceOf(IOException.class);
        assertThatThrownBy(this::create).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aFileThatIsTooLongIsRefused() throws IOException {
        Files.write(folder.resolve(Journal.FILE), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> Journal.read(folder)).hasMessageContaining("is no journal of Braid's");
    }
}
