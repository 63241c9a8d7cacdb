package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.Rtnetlink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that binds links can be killed at any moment: before, between and behind each request to the kernel. */
@Tag("kernel")
@Timeout(120)
final class KillPointsTest {
    private static final int NEVER = Integer.MAX_VALUE;

    @TempDir Path folder;

    private BindingBed bed;

    @BeforeEach
    void makeHost() {
        bed = new BindingBed();
    }

    @AfterEach
    void removeHost() {
        bed.close();
    }

    /** Takes the host, binds both NICs, and is killed behind the {@code kill}th change; answers how many there were. */
    private int up(int kill) throws IOException {
        bed.makeTuns();
        return bed.host.<Integer, IOException>call(() -> {
            try (RunLock lock = RunLock.take(folder);
                    FakeKill host = new FakeKill(LiveKernelHost.open(), kill)) {
                try {
                    // Not closed: a process that is killed closes nothing.
                    HostClaim claim = HostClaim.take(folder, BindingBed.BINDING, BindingBed.SILENT, lock, host);
                    bind(claim);
                } catch (FakeKill.Killed e) {
                    return kill;
                }
                return host.changes();
            }
        });
    }

    private static void bind(HostClaim claim) throws IOException {
        FactBook book;
        try (Rtnetlink netlink = Rtnetlink.open()) {
            book = FactBook.read(netlink);
        }
        Slots slots = new Slots(
                BindingBed.config(List.of(BindingBed.link("nic0", Role.PRIMARY), BindingBed.link("nic1", Role.BACKUP))),
                2);
        List<BoundLink> bound = slots.bound(book.nics(), nic -> false);
        Desired desired = Desires.of(
                bound,
                BindingBed.BINDING,
                Ipv6Way.EACH,
                Set.of(),
                key -> "1".equals(claim.host().setting(key)));
        new Reconciler(claim.host(), claim.journal(), BindingBed.BINDING).reconcile(desired);
    }

    /** Undoes what is left, killed behind the {@code kill}th change; answers whether it was. */
    private boolean down(int kill) throws IOException {
        return bed.host.<Boolean, IOException>call(() -> {
            try (RunLock lock = RunLock.take(folder);
                    FakeKill host = new FakeKill(LiveKernelHost.open(), kill)) {
                new Recovery(host).recover(folder, BindingBed.SILENT, lock);
                return false;
            } catch (FakeKill.Killed e) {
                return true;
            }
        });
    }

    @Test
    void aKillAtAnyChangeIsUndone() throws IOException {
        List<String> before = bed.snapshot();
        int changes = up(NEVER);
        assertThat(changes).as("changes of an up").isGreaterThan(20);
        assertThat(bed.snapshot()).isNotEqualTo(before);
        bed.removeTuns();
        down(NEVER);
        assertThat(bed.snapshot()).as("after a whole one").isEqualTo(before);
        for (int kill = 0; kill < changes; kill++) {
            assertThat(up(kill)).isEqualTo(kill);
            bed.removeTuns();
            down(NEVER);
            assertThat(bed.snapshot()).as("killed behind change %d", kill).isEqualTo(before);
        }
    }

    @Test
    void aKillInTheMiddleOfUndoingIsUndone() throws IOException {
        List<String> before = bed.snapshot();
        boolean killed = true;
        for (int kill = 0; killed; kill++) {
            up(NEVER);
            bed.removeTuns();
            killed = down(kill);
            down(NEVER);
            assertThat(bed.snapshot()).as("killed behind change %d of undoing", kill).isEqualTo(before);
            assertThat(kill).as("steps of undoing").isLessThan(100);
        }
    }

    @Test
    void theNextStartUndoesFirst() throws IOException {
        List<String> before = bed.snapshot();
        up(14);
        bed.removeTuns();
        up(NEVER);
        bed.removeTuns();
        down(NEVER);
        assertThat(bed.snapshot()).isEqualTo(before);
    }

    @Test
    void whatSomebodyChangedMeanwhileIsTheirs() throws IOException {
        up(NEVER);
        bed.removeTuns();
        // Neither what it was before nor what the binding made of it.
        bed.host.sysctl("net/ipv4/conf/nic0/forwarding", "2");
        down(NEVER);
        assertThat(bed.host.exec("cat", "/proc/sys/net/ipv4/conf/nic0/forwarding")).startsWith("2");
        assertThat(bed.host.exec("cat", "/proc/sys/net/ipv4/conf/nic1/forwarding")).startsWith("0");
    }

    @Test
    void aRenamedInterfaceIsSetBackUnderItsNewName() throws IOException {
        up(NEVER);
        bed.removeTuns();
        bed.host.exec("ip", "link", "set", "nic1", "down");
        bed.host.exec("ip", "link", "set", "nic1", "name", "wan1");
        down(NEVER);
        assertThat(bed.host.exec("cat", "/proc/sys/net/ipv4/conf/wan1/forwarding")).startsWith("0");
        assertThat(bed.host.exec("cat", "/proc/sys/net/ipv6/conf/wan1/force_forwarding")).startsWith("0");
    }

    @Test
    void twoCannotBindAtOnce() throws IOException {
        try (RunLock held = RunLock.take(folder)) {
            held.requireHeld();
            assertThatThrownBy(() -> Recovery.run(folder, BindingBed.SILENT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a daemon runs already");
        }
    }

    @Test
    void withNothingLeftNothingIsDone() throws IOException {
        List<String> before = bed.snapshot();
        boolean done = bed.host.<Boolean, IOException>call(() -> Recovery.run(folder, BindingBed.SILENT));
        assertThat(done).isFalse();
        assertThat(bed.snapshot()).isEqualTo(before);
    }

    @Test
    void anotherNamespacesJournalIsRefused() throws IOException {
        up(NEVER);
        assertThatThrownBy(() -> Recovery.run(folder, BindingBed.SILENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another network namespace");
        assertThat(down(NEVER)).isFalse();
    }
}
