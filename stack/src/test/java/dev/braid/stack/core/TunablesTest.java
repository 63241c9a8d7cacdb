package dev.braid.stack.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.stack.congestion.CongestionControls;
import dev.braid.stack.congestion.NewReno;
import dev.braid.stack.mptcp.MptcpConfig;
import dev.braid.stack.mptcp.path.KernelManager;
import dev.braid.stack.mptcp.path.PathManagers;
import dev.braid.stack.mptcp.scheduler.LowestRtt;
import dev.braid.stack.mptcp.scheduler.PacketSchedulers;
import dev.braid.stack.tcp.TcpConfig;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names, units and ranges of what can be changed while a core runs. */
final class TunablesTest {
    private final CoreConfig config = CoreConfig.DEFAULT.copy();
    private final Tunables tunables = new Tunables(config);

    @Test
    void everyNameHasAValueThatCanBeSetAgain() {
        for (String name : tunables.names()) {
            String before = tunables.value(name);
            assertThat(before).as(name).isNotEmpty();
            tunables.set(name, before);
            assertThat(tunables.value(name)).isEqualTo(before);
        }
        assertThat(tunables.names()).hasSizeGreaterThan(40).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void numbersThatFallAreRefusedHoweverTheyCameIn() {
        assertThatThrownBy(() -> tunables.set("net.ipv4.tcp_rmem", "4096 100000 50000"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CoreConfig.with(core -> {
            core.tcp.receiveBuffer = 100_000;
            core.tcp.maxReceiveBuffer = 50_000;
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("net.ipv4.tcp_rmem");
        assertThatThrownBy(() -> CoreConfig.with(core -> core.tcp.firstPort = core.tcp.lastPort + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("net.ipv4.ip_local_port_range");
    }

    @Test
    void memoryIsCountedInPages() {
        tunables.set("net.ipv4.tcp_mem", "100 200 300");
        assertThat(config.tcp.memLow).isEqualTo(409_600);
        assertThat(config.tcp.memMax).isEqualTo(1_228_800);
        assertThat(tunables.value("net.ipv4.tcp_mem")).isEqualTo("100\t200\t300");
    }

    @Test
    void everyNumberOfTheConfigurationHasAName() throws IllegalAccessException {
        // Each name is set to another value; then no field may be what it was.
        var untouched = new ArrayList<String>();
        for (String name : tunables.names()) {
            if (TunableTable.BY_NAME.get(name) instanceof Tunable numbers) {
                changeToAnything(numbers);
            }
        }
        tunables.set("net.ipv4.tcp_congestion_control", "reno");
        tunables.set("net.mptcp.scheduler", "kernel");
        tunables.set("net.mptcp.path_manager", "kernel endpoints");
        config.mptcp.packetSchedulers = PacketSchedulers.STANDARD.with("own", LowestRtt::new);
        config.mptcp.knownPathManagers = PathManagers.STANDARD.with("own", KernelManager::new);
        config.tcp.congestionControls = CongestionControls.STANDARD.with("own", NewReno::new);
        for (var field : CoreConfig.class.getFields()) {
            if (!java.lang.reflect.Modifier.isFinal(field.getModifiers())
                    && field.get(config).equals(field.get(CoreConfig.DEFAULT))) {
                untouched.add(field.getName());
            }
        }
        for (var field : TcpConfig.class.getFields()) {
            if (!java.lang.reflect.Modifier.isStatic(field.getModifiers())
                    && field.get(config.tcp).equals(field.get(TcpConfig.DEFAULT))) {
                untouched.add(field.getName());
            }
        }
        for (var field : MptcpConfig.class.getFields()) {
            if (!java.lang.reflect.Modifier.isStatic(field.getModifiers())
                    && field.get(config.mptcp).equals(field.get(MptcpConfig.DEFAULT))) {
                untouched.add(field.getName());
            }
        }
        assertThat(untouched).isEmpty();
    }

    @Test
    void theDefaultsOfMultipathTcpAreTheKernelsButForThePathManager() {
        assertThat(tunables.value("net.mptcp.add_addr_timeout")).isEqualTo("120");
        assertThat(tunables.value("net.mptcp.allow_join_initial_addr_port")).isEqualTo("1");
        assertThat(tunables.value("net.mptcp.blackhole_timeout")).isEqualTo("3600");
        assertThat(tunables.value("net.mptcp.checksum_enabled")).isEqualTo("0");
        assertThat(tunables.value("net.mptcp.close_timeout")).isEqualTo("60");
        assertThat(tunables.value("net.mptcp.path_manager"))
                .as("not Linux's \"kernel\", which imitates Linux's limitations")
                .isEqualTo("endpoints");
        assertThat(tunables.value("net.mptcp.scheduler")).isEqualTo("default");
        assertThat(tunables.value("net.mptcp.enabled")).isEqualTo("1");
        assertThat(tunables.value("net.mptcp.stale_loss_cnt")).isEqualTo("4");
        assertThat(tunables.value("net.mptcp.syn_retrans_before_tcp_fallback")).isEqualTo("2");
    }

    @Test
    void severalPathManagersAreOneTunable() {
        tunables.set("net.mptcp.path_manager", "  kernel\tendpoints ");
        assertThat(config.mptcp.pathManagers).isEqualTo("kernel endpoints");
        assertThat(config.copy().mptcp.pathManagers).isEqualTo("kernel endpoints");
    }

    private void changeToAnything(Tunable tunable) {
        String[] numbers = tunables.value(tunable.name()).split("\t");
        for (int i = 0; i < numbers.length; i++) {
            long number = Long.parseLong(numbers[i]);
            Tunable.Field field = tunable.fields().get(i);
            numbers[i] = Long.toString(number > field.min() ? number - 1 : number + 1);
        }
        tunables.set(tunable.name(), String.join(" ", numbers));
    }

    @Test
    void unitsAreTheKernels() {
        tunables.set("net.ipv4.tcp_fin_timeout", "30");
        assertThat(config.tcp.finWait2Ns).isEqualTo(30_000_000_000L);
        tunables.set("net.ipv4.tcp_rto_min_us", "5000");
        assertThat(config.tcp.minRtoNs).isEqualTo(5_000_000L);
        tunables.set("net.ipv4.ip_local_port_range", "40000\t40099");
        assertThat(config.tcp.firstPort).isEqualTo(40_000);
        assertThat(config.tcp.lastPort).isEqualTo(40_099);
        tunables.set("net/ipv4/tcp_rmem", " 4096  131072   6291456 ");
        assertThat(tunables.value("net.ipv4.tcp_rmem")).isEqualTo("4096\t131072\t6291456");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "net.ipv4.ip_default_ttl | 0 | net.ipv4.ip_default_ttl must be 1..255, not 0",
        "net.ipv4.ip_default_ttl | many | net.ipv4.ip_default_ttl must be 1..255, not \"many\"",
        "net.ipv4.ip_default_ttl | 9999999999999999999999 | net.ipv4.ip_default_ttl must be 1..255, not \"9999999999999999999999\"",
        "net.ipv4.tcp_rmem | 4096 | net.ipv4.tcp_rmem takes 3 numbers, not \"4096\"",
        "net.ipv4.tcp_rmem | 9 8 7 | net.ipv4.tcp_rmem: its numbers must not fall, but 9 comes before 8",
        "net.ipv4.ip_local_port_range | 50000 40000 | net.ipv4.ip_local_port_range: its numbers must not fall, but 50000 comes before 40000",
        "net.ipv4.tcp_sak | 1 | there is no tunable net.ipv4.tcp_sak; did you mean net.ipv4.tcp_sack?",
        "tcp_sack | 1 | there is no tunable tcp_sack; did you mean net.ipv4.tcp_sack?",
        "net.ipv4.tcp_congestion_control | vegas | net.ipv4.tcp_congestion_control must be one of bbr cubic dctcp reno, not \"vegas\"",
        "net.ipv4.tcp_available_congestion_control | bbr | net.ipv4.tcp_available_congestion_control only tells which there are: bbr cubic dctcp reno",
        "net.mptcp.scheduler | default kernel | net.mptcp.scheduler must be one of default kernel lowest-rtt redundant, not \"default kernel\"",
        "net.mptcp.path_manager | kernel userspace | net.mptcp.path_manager must be some of endpoints kernel none overflow standby-order standby-rtt, not \"kernel userspace\"",
        "net.mptcp.available_schedulers | blest | net.mptcp.available_schedulers only tells which there are: default kernel lowest-rtt redundant",
        "net.mptcp.close_timeout | -1 | net.mptcp.close_timeout must be 0..2147483, not -1",
        "vm.swappiness | 1 | there is no tunable vm.swappiness",
    })
    void aWrongNameOrValueIsOneClearLine(String name, String value, String line) {
        assertThatThrownBy(() -> tunables.set(name, value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(line);
    }

    @Test
    void aRefusedValueChangesNothing() {
        assertThatThrownBy(() -> tunables.set("net.ipv4.tcp_rmem", "4096 8192 x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(config.tcp.receiveBuffer).isEqualTo(TcpConfig.DEFAULT.receiveBuffer);
    }

    @Test
    void aCoreRefusesAConfigurationOutsideTheRanges() {
        assertThatThrownBy(() -> CoreConfig.with(c -> c.ipDefaultTtl = 300))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("net.ipv4.ip_default_ttl must be 1..255, not 300");
    }

    @Test
    void aCopySharesNothing() {
        CoreConfig copy = config.copy();
        copy.ipDefaultTtl = 3;
        copy.tcp.sack = false;
        assertThat(config.ipDefaultTtl).isEqualTo(64);
        assertThat(config.tcp.sack).isTrue();
    }
}
