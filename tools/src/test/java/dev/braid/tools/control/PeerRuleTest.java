package dev.braid.tools.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may ask over a control socket. */
@Timeout(60)
class PeerRuleTest {
    @TempDir Path folder;

    private PeerRule rule(String group) throws IOException {
        Path groups = Files.writeString(folder.resolve("group"), "netdev:x:105:anna,bert\nbroken\nother:x:9:carl\n");
        return new PeerRule("braid", group, groups);
    }

    @Test
    void theOwnUserAndRootMayAskAndNobodyElse() throws IOException {
        PeerRule rule = rule("");
        assertThat(rule.admits("braid", "users")).isTrue();
        assertThat(rule.admits("root", "root")).isTrue();
        assertThat(rule.admits("anna", "netdev")).isFalse();
        assertThat(rule.admits("anna", "")).isFalse();
    }

    @Test
    void aGroupIsAdmittedByPrimaryGroupAndByMembership() throws IOException {
        PeerRule rule = rule("netdev");
        assertThat(rule.admits("dora", "netdev")).isTrue();
        assertThat(rule.admits("bert", "users")).isTrue();
        assertThat(rule.admits("carl", "users")).isFalse();
        rule.group("other");
        assertThat(rule.admits("carl", "users")).isTrue();
        assertThat(rule.admits("bert", "users")).isFalse();
    }

    @Test
    void aPeerThatTheRuleRefusesIsToldSo() throws IOException {
        Path path = folder.resolve("admin.sock");
        try (ControlServer server = ControlServer.open(path, client -> false);
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.serve();
            channel.connect(UnixDomainSocketAddress.of(server.path()));
            byte[] answer = new LineChannel(channel, 1 << 16).read();
            assertThat(answer).asString(StandardCharsets.UTF_8).contains("this user may not ask");
        }
    }

    @Test
    void thisProcessMayAskItself() throws IOException {
        Path path = folder.resolve("admin.sock");
        try (ControlServer server = ControlServer.open(path, PeerRule.of(""));
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.serve();
            channel.connect(UnixDomainSocketAddress.of(server.path()));
            var lines = new LineChannel(channel, 1 << 16);
            lines.write("{\"op\":\"none\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(lines.read()).asString(StandardCharsets.UTF_8).contains("there is no request none");
        }
    }
}
