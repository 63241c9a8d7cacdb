package dev.braid.stack.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.MessageFlags;
import dev.braid.stack.socket.SocketEvents;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpState;
import java.util.function.Consumer;

/**
 * An application's end of a connection: writes and reads the script's streams, so that every byte is checked. What a call makes
 * due is sent at once.
 */
public final class Conn {
    private static final int STEP = 16 << 10;

    private final Script script;
    private final StreamSocket socket;
    private long written;
    private long read;

    Conn(Script script, StreamSocket socket) {
        this.script = script;
        this.socket = socket;
    }

    /** What an application does with readiness that it does not wait for. */
    static final SocketEvents DEAF = (socket, readiness) -> {};

    /** The socket itself. */
    public StreamSocket socket() {
        return socket;
    }

    /** The connection below it. */
    public Tcb tcb() {
        return socket.tcb();
    }

    /** Writes the next {@code bytes} of the host's stream; all of them must be taken. */
    public Conn write(int bytes) {
        assertThat(tryWrite(bytes)).as("bytes taken").isEqualTo(bytes);
        return this;
    }

    /** As {@link #write}, with MSG_MORE. */
    public Conn writeMore(int bytes) {
        assertThat(tryWrite(bytes, MessageFlags.MSG_MORE)).as("bytes taken").isEqualTo(bytes);
        return this;
    }

    /** Writes up to {@code bytes}, and answers how many were taken. */
    public int tryWrite(int bytes) {
        return tryWrite(bytes, 0);
    }

    /** As {@link #write}, in the middle of an input: it goes when that is over. */
    public Conn writesAtOnce(int bytes) {
        assertThat(queue(bytes, 0)).as("bytes taken").isEqualTo(bytes);
        return this;
    }

    private int tryWrite(int bytes, int flags) {
        int done = queue(bytes, flags);
        script.flush();
        return done;
    }

    private int queue(int bytes, int flags) {
        int done = 0;
        while (done < bytes) {
            int step = Math.min(STEP, bytes - done);
            Pattern.fill(Pattern.FROM_HOST, written, script.scratch(), step);
            int taken = socket.send(script.scratch(), step, flags, script.nowNs());
            if (taken == -Errno.EAGAIN) {
                break;
            }
            assertThat(taken).as("send").isPositive();
            done += taken;
            written += taken;
        }
        return done;
    }

    /** What a send answers. */
    public Conn writeFails(int errno) {
        assertThat(socket.send(script.scratch(), 1, 0, script.nowNs())).as("send").isEqualTo(-errno);
        script.flush();
        return this;
    }

    /** Reads exactly {@code bytes}, which must be the next of the peer's stream. */
    public Conn reads(int bytes) {
        int done = 0;
        while (done < bytes) {
            int step = Math.min(STEP, bytes - done);
            int got = socket.recv(script.scratch(), step, 0, script.nowNs());
            assertThat(got).as("bytes read after " + done + " of " + bytes).isPositive();
            check(got);
            done += got;
            read += got;
        }
        script.flush();
        return this;
    }

    private void check(int bytes) {
        int wrong = Pattern.mismatch(Pattern.FROM_PEER, read, script.scratch(), bytes);
        assertThat(wrong)
                .as("the first wrong byte of the stream, read as %#x",
                        wrong < 0 ? 0 : Memory.u8(script.scratch() + wrong))
                .isEqualTo(-1);
    }

    /** Nothing is there to read. */
    public Conn readsNothing() {
        return readFails(Errno.EAGAIN);
    }

    /** The stream has ended. */
    public Conn readsEnd() {
        assertThat(socket.recv(script.scratch(), 1, 0, script.nowNs())).as("end of stream").isZero();
        return this;
    }

    /** What a read answers. */
    public Conn readFails(int errno) {
        assertThat(socket.recv(script.scratch(), 1, 0, script.nowNs())).as("recv").isEqualTo(-errno);
        return this;
    }

    /** No more writing. */
    public Conn finish() {
        assertThat(socket.shutdown(StreamSocket.SHUT_WR, script.nowNs())).as("shutdown").isZero();
        script.flush();
        return this;
    }

    public Conn close() {
        socket.close(script.nowNs());
        script.flush();
        return this;
    }

    public Conn abort() {
        socket.abort(script.nowNs());
        script.flush();
        return this;
    }

    /** Changes options and lets them take effect. */
    public Conn options(Consumer<SocketOptions> change) {
        change.accept(socket.options());
        socket.optionsChanged(script.nowNs());
        script.flush();
        return this;
    }

    public Conn isIn(TcpState state) {
        Tcb tcb = socket.tcb();
        assertThat(tcb == null ? TcpState.CLOSED : tcb.state()).as("state").isEqualTo(state);
        return this;
    }

    /** The pending error is this one, and is cleared. */
    public Conn failedWith(int errno) {
        assertThat(socket.error()).as("SO_ERROR").isEqualTo(errno);
        return this;
    }

    /** The bits of {@link dev.braid.stack.socket.Readiness} hold. */
    public Conn isReady(int bits) {
        assertThat(socket.readiness() & bits).as("readiness").isEqualTo(bits);
        return this;
    }

    public Conn isNotReady(int bits) {
        assertThat(socket.readiness() & bits).as("readiness").isZero();
        return this;
    }
}
