package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.kernel.BraidProcess;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.socket.MptcpServerChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * ssh(1) on the laptop, through the daemon's proxy, to sshd(8) on the server. sshd speaks TCP alone, so a relay stands before it that
 * listens with Multipath TCP. The far end says again each line that it is told.
 */
final class SshSession implements AutoCloseable {
    private static final int SSHD = 2222;
    private static final int SSH = 22;
    private static final long PATIENCE_S = 20;
    private static final int PACE_MS = 100;

    private final Process sshd;
    private final Process ssh;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private int lines;
    private long longestGapNs;

    private SshSession(Process sshd, Process ssh) {
        this.sshd = sshd;
        this.ssh = ssh;
        BufferedReader output = ssh.inputReader(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("ssh-output").start(() -> output.lines().forEach(heard::add));
    }

    static SshSession open(LaptopBed bed, Path folder) throws IOException {
        Path key = folder.resolve("key");
        NetworkNamespace server = bed.server();
        server.exec("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        server.exec("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve("host").toString());
        Path allowed = folder.resolve("allowed");
        Files.writeString(allowed, Files.readString(folder.resolve("key.pub")));
        Path config = folder.resolve("sshd_config");
        Files.writeString(config, """
                HostKey %s
                AuthorizedKeysFile %s
                ListenAddress 127.0.0.1:%d
                UsePAM no
                StrictModes no
                PermitRootLogin yes
                PidFile none
                """.formatted(folder.resolve("host"), allowed, SSHD));
        Files.createDirectories(Path.of("/run/sshd"));
        Process sshd = server.start("/usr/sbin/sshd", "-D", "-e", "-f", config.toString());
        Thread.ofPlatform().daemon().start(() -> sshd.inputReader().lines().forEach(line -> {}));
        relay(bed);
        Path proxy = folder.resolve("proxy");
        Files.writeString(proxy, "exec '" + String.join("' '", BraidProcess.command("nc", "--proxy", "127.0.0.1:1080"))
                + "' \"$@\"\n");
        Process ssh = bed.laptop().start("ssh", "-o", "ProxyCommand=sh " + proxy + " %h %p", "-o",
                "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes", "-F", "none", "-i",
                key.toString(), System.getProperty("user.name") + "@" + LaptopBed.MPTCP_SERVER,
                "while read x; do echo $x; done");
        return new SshSession(sshd, ssh);
    }

    private static void relay(LaptopBed bed) throws IOException {
        InetAddress at = InetAddress.getByName(LaptopBed.MPTCP_SERVER);
        ServerSocketChannel listener = bed.server().<ServerSocketChannel, IOException>call(
                () -> MptcpServerChannel.listen(new InetSocketAddress(at, SSH)));
        bed.add(listener);
        Thread.ofPlatform().daemon().name("ssh-relay").start(() -> {
            try {
                while (true) {
                    SocketChannel outside = listener.accept();
                    SocketChannel inside = bed.server().<SocketChannel, IOException>call(
                            () -> SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), SSHD)));
                    bed.add(outside);
                    bed.add(inside);
                    Thread.ofPlatform().daemon().name("ssh-in").start(() -> copy(outside, inside));
                    Thread.ofPlatform().daemon().name("ssh-out").start(() -> copy(inside, outside));
                }
            } catch (IOException e) {
                // Closed with the bed.
            }
        });
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer bytes = ByteBuffer.allocate(65_536);
        try {
            while (from.read(bytes.clear()) >= 0) {
                bytes.flip();
                while (bytes.hasRemaining()) {
                    to.write(bytes);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // The other side has ended.
        }
    }

    /** Says lines, and must hear each again, in order. */
    void assertEchoes(int count, String when) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            String line = "line-" + lines++;
            long saidNs = System.nanoTime();
            ssh.outputWriter().write(line + "\n");
            ssh.outputWriter().flush();
            assertThat(heard.poll(PATIENCE_S, TimeUnit.SECONDS)).as(when + ": the echo of " + line).isEqualTo(line);
            long gapNs = System.nanoTime() - saidNs;
            // The first answer waits for the session to be opened.
            longestGapNs = lines == 1 ? 0 : Math.max(longestGapNs, gapNs);
            Thread.sleep(PACE_MS);
        }
    }

    /** How long the slowest echo took. */
    long longestGapMs() {
        return TimeUnit.NANOSECONDS.toMillis(longestGapNs);
    }

    @Override
    public void close() {
        ssh.destroyForcibly();
        sshd.destroyForcibly();
    }
}
