package dev.braid.tools.drill;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.MessageFlags;
import dev.braid.stack.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/** pipe and splice. */
final class PipeCalls {
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int SPLICE_F_MORE = 4;

    private final Host host;

    PipeCalls(Host host) {
        this.host = host;
    }

    Reply pipe() {
        PipeDescriptor[] ends = PipeDescriptor.pair();
        int readEnd = host.descriptors().add(ends[0]);
        int writeEnd = host.descriptors().add(ends[1]);
        return Answer.of(0).withData(RecordChannel.little(2 * Integer.BYTES).putInt(readEnd).putInt(writeEnd).array());
    }

    Reply splice(CallRecord call, Descriptor in, long nowNs) {
        Descriptor out = host.descriptors().find(call.a0());
        if (out == null) {
            return Answer.of(-Errno.EBADF);
        }
        int length = (int) Math.min(call.b0(), PipeDescriptor.CAPACITY);
        Reply.Attempt attempt;
        if (in instanceof SocketDescriptor from && out instanceof PipeDescriptor to && to.writes()) {
            attempt = now -> intoPipe(from, to, length, now);
        } else if (in instanceof PipeDescriptor from && !from.writes() && out instanceof SocketDescriptor to) {
            attempt = now -> outOfPipe(from, to, length, call.a1(), now);
        } else {
            return Answer.of(-Errno.EINVAL);
        }
        Descriptor blocking = in instanceof SocketDescriptor ? in : out;
        if ((call.a1() & SPLICE_F_NONBLOCK) != 0) {
            Answer now = attempt.attempt(nowNs);
            return now == null ? Answer.of(-Errno.EAGAIN) : now;
        }
        return SocketCalls.wait(blocking, 0, nowNs, attempt, Errno.EAGAIN);
    }

    private @Nullable Answer intoPipe(SocketDescriptor from, PipeDescriptor to, int length, long nowNs) {
        StreamSocket stream = from.stream();
        if (stream == null) {
            return Answer.of(-Errno.ENOTCONN);
        }
        if (to.room() == 0 && length > 0) {
            return null;
        }
        int got = stream.recv(host.scratch(), Math.min(length, to.room()), 0, nowNs);
        if (got == -Errno.EAGAIN) {
            return null;
        }
        return Answer.of(got <= 0 ? got : to.put(host.unload(got)));
    }

    private @Nullable Answer outOfPipe(PipeDescriptor from, SocketDescriptor to, int length, int flags, long nowNs) {
        StreamSocket stream = to.stream();
        if (stream == null) {
            return Answer.of(-Errno.EPIPE);
        }
        byte[] bytes = from.peek(length);
        if (bytes.length == 0) {
            return from.isAlone() || length == 0 ? Answer.of(0) : null;
        }
        Memory.copyIn(bytes, 0, host.scratch(), bytes.length);
        int more = (flags & SPLICE_F_MORE) != 0 ? MessageFlags.MSG_MORE : 0;
        int taken = stream.send(host.scratch(), bytes.length, more, nowNs);
        if (taken == -Errno.EAGAIN) {
            return null;
        }
        from.skip(Math.max(0, taken));
        return Answer.of(taken);
    }
}
