package dev.braid.tools.drill;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.MessageFlags;
import dev.braid.stack.socket.PollEvents;
import dev.braid.stack.socket.StreamSocket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The calls that move bytes: read, write, send, recv and their relatives, on sockets and pipes. */
final class DataCalls {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int MSG_FASTOPEN = 0x2000_0000;

    private final Host host;

    DataCalls(Host host) {
        this.host = host;
    }

    Reply recv(CallRecord call, Descriptor from, long nowNs) {
        if (from instanceof PipeDescriptor pipe) {
            byte[] bytes = pipe.peek(call.dataLength());
            pipe.skip(bytes.length);
            return bytes.length == 0 && !pipe.isAlone()
                    ? Answer.of(-Errno.EAGAIN)
                    : Answer.of(bytes.length).withData(bytes);
        }
        if (!(from instanceof SocketDescriptor socket)) {
            return Answer.of(-Errno.EINVAL);
        }
        StreamSocket stream = socket.stream();
        if (stream == null) {
            return Answer.of(-Errno.ENOTCONN);
        }
        if ((call.a0() & MSG_ERRQUEUE) != 0) {
            return Answer.of(-Errno.EAGAIN); // no report of the stack's goes there
        }
        Answer now = received(call, stream, call.a0(), nowNs);
        if (now != null) {
            return now;
        }
        if (from.isNonBlocking() || (call.a0() & MSG_DONTWAIT) != 0) {
            return partly(call, stream, nowNs);
        }
        long timeoutNs = socket.options().receiveTimeoutNs;
        long deadlineNs = timeoutNs == 0 ? Deadlines.NONE : nowNs + timeoutNs;
        return new Reply.Waiting(then -> received(call, stream, call.a0(), then), deadlineNs,
                () -> partly(call, stream, deadlineNs));
    }

    private @Nullable Answer received(CallRecord call, StreamSocket stream, int flags, long nowNs) {
        long into = call.nullData() ? 0 : host.scratch();
        int got = stream.recv(into, call.dataLength(), flags, nowNs);
        if (got == -Errno.EAGAIN) {
            return null;
        }
        boolean copied = got > 0 && (flags & MessageFlags.MSG_TRUNC) == 0;
        return copied ? Answer.of(got).withData(host.unload(got)) : Answer.of(got);
    }

    /** Waiting for the whole length is over: what is there counts. */
    private Answer partly(CallRecord call, StreamSocket stream, long nowNs) {
        Answer some = received(call, stream, call.a0() & ~MessageFlags.MSG_WAITALL, nowNs);
        return some == null ? Answer.of(-Errno.EAGAIN) : some;
    }

    Reply send(CallRecord call, Descriptor to, long nowNs) {
        if (to instanceof PipeDescriptor pipe) {
            int put = pipe.put(bytes(call.data()));
            return Answer.of(put == 0 && call.dataLength() > 0 ? -Errno.EAGAIN : put);
        }
        if (!(to instanceof SocketDescriptor socket)) {
            return Answer.of(-Errno.EINVAL);
        }
        StreamSocket stream = socket.stream();
        if (stream == null) {
            return Answer.of(-Errno.EPIPE);
        }
        if ((call.a0() & MSG_FASTOPEN) != 0) {
            return Answer.of(-Errno.EOPNOTSUPP); // what Linux answers where Fast Open is switched off
        }
        var sending = new Sending(call, stream);
        Answer now = sending.more(nowNs);
        if (now != null) {
            return now;
        }
        if (to.isNonBlocking() || (call.a0() & MSG_DONTWAIT) != 0) {
            return sending.soFar();
        }
        long timeoutNs = socket.options().sendTimeoutNs;
        long deadlineNs = timeoutNs == 0 ? Deadlines.NONE : nowNs + timeoutNs;
        return new Reply.Waiting(sending::whenWoken, deadlineNs, sending::soFar);
    }

    private static byte[] bytes(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(data.position(), bytes);
        return bytes;
    }

    /** One send on its way: a blocking one ends when all is queued. */
    private final class Sending {
        private final CallRecord call;
        private final StreamSocket stream;
        private int sent;

        private Sending(CallRecord call, StreamSocket stream) {
            this.call = call;
            this.stream = stream;
        }

        /** Linux wakes a writer only when a third of the buffer is free, or nothing can be sent any more. */
        private @Nullable Answer whenWoken(long nowNs) {
            return (PollEvents.of(stream) & (PollEvents.POLLOUT | PollEvents.POLLERR)) == 0 ? null : more(nowNs);
        }

        private @Nullable Answer more(long nowNs) {
            int length = call.dataLength();
            do {
                long from = call.nullData() ? 0 : host.load(call.data(), sent);
                int taken = stream.send(from, length - sent, call.a0(), nowNs);
                if (taken == -Errno.EAGAIN) {
                    return null;
                }
                if (taken < 0) {
                    return sent > 0 ? Answer.of(sent) : Answer.of(taken);
                }
                sent += taken;
            } while (sent < length);
            return Answer.of(sent);
        }

        private Answer soFar() {
            return Answer.of(sent > 0 ? sent : -Errno.EAGAIN);
        }
    }
}
