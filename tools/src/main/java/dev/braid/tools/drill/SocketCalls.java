package dev.braid.tools.drill;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.Connection;
import org.jspecify.annotations.Nullable;

/** The calls that make, name, connect and end sockets. */
final class SocketCalls {
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int SIOCINQ = 0x541b;
    private static final int SIOCOUTQ = 0x5411;
    private static final int SIOCOUTQNSD = 0x894b;

    private final Host host;

    SocketCalls(Host host) {
        this.host = host;
    }

    Reply socket(CallRecord call) {
        if (call.a0() != SocketAddress.AF_INET && call.a0() != SocketAddress.AF_INET6) {
            return Answer.of(-Errno.EAFNOSUPPORT);
        }
        StreamProtocol protocol = protocol(call.a2());
        if ((call.a1() & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != SOCK_STREAM || protocol == null) {
            return Answer.of(-Errno.EPROTONOSUPPORT);
        }
        var made = new SocketDescriptor(host.core().sockets(), call.a0(), protocol);
        made.nonBlocking((call.a1() & SOCK_NONBLOCK) != 0);
        return Answer.of(host.descriptors().add(made));
    }

    /** Scripts mean what the kernel's numbers mean, whatever the host's default is; {@code null} for what is neither. */
    private static @Nullable StreamProtocol protocol(int number) {
        if (number == 0 || number == StreamProtocol.TCP.number()) {
            return StreamProtocol.TCP;
        }
        return number == StreamProtocol.MPTCP.number() ? StreamProtocol.MPTCP : null;
    }

    Reply bind(CallRecord call, SocketDescriptor socket) {
        SocketAddress to = SocketAddress.decode(call.name());
        if (to.family() != socket.family()) {
            return Answer.of(call.nullName() ? -Errno.EFAULT : -Errno.EINVAL);
        }
        StreamSocket stream = socket.stream();
        return Answer.of(stream == null
                ? -Errno.EINVAL
                : stream.bind(to.address().hi(), to.address().lo(), to.port()));
    }

    Reply listen(CallRecord call, SocketDescriptor socket) {
        ListenSocket listener = socket.listen();
        return Answer.of(listener == null ? -Errno.EINVAL : listener.listen(call.a0()));
    }

    Reply accept(CallRecord call, SocketDescriptor socket, long nowNs) {
        if (socket.listener() == null) {
            return Answer.of(-Errno.EINVAL);
        }
        return wait(socket, socket.options().receiveTimeoutNs, nowNs, now -> accepted(call, socket),
                Errno.EAGAIN);
    }

    private @Nullable Answer accepted(CallRecord call, SocketDescriptor socket) {
        SocketDescriptor made = socket.accept();
        StreamSocket stream = made == null ? null : made.stream();
        if (made == null || stream == null) {
            return null;
        }
        byte[] peer = SocketAddress.encode(made.family(), stream.facts().remoteHi(), stream.facts().remoteLo(),
                stream.facts().remotePort());
        Answer answer = Answer.of(host.descriptors().add(made));
        return call.nullName() ? answer : answer.withName(peer);
    }

    Reply connect(CallRecord call, SocketDescriptor socket, long nowNs) {
        StreamSocket stream = socket.stream();
        if (stream == null) {
            return Answer.of(-Errno.EISCONN);
        }
        SocketAddress to = SocketAddress.decode(call.name());
        if (to.family() == SocketAddress.AF_UNSPEC) {
            return Answer.of(stream.disconnect(nowNs));
        }
        if (to.family() != socket.family()) {
            return Answer.of(to.family() < 0 ? -Errno.EINVAL : -Errno.EAFNOSUPPORT);
        }
        int begun = stream.connect(to.address().hi(), to.address().lo(), to.port(), nowNs);
        if (begun != -Errno.EINPROGRESS || socket.isNonBlocking()) {
            return Answer.of(begun);
        }
        return wait(socket, socket.options().sendTimeoutNs, nowNs, now -> connected(stream), Errno.EINPROGRESS);
    }

    private static @Nullable Answer connected(StreamSocket stream) {
        int ready = stream.readiness();
        if ((ready & Readiness.ERROR) != 0) {
            return Answer.of(-stream.error());
        }
        // Asked once more, connect says that it is done, and from then on that it was done.
        return (ready & Readiness.CONNECTED) == 0 ? null : Answer.of(stream.connect(0, 0, 1, 0));
    }

    Reply shutdown(CallRecord call, SocketDescriptor socket, long nowNs) {
        StreamSocket stream = socket.stream();
        if (stream != null) {
            return Answer.of(stream.shutdown(call.a0(), nowNs));
        }
        ListenSocket listener = socket.listener();
        if (listener != null && call.a0() != StreamSocket.SHUT_WR) {
            listener.close(nowNs);
        }
        return Answer.of(0);
    }

    Reply fcntl(CallRecord call, Descriptor descriptor) {
        return switch (call.a0()) {
            case F_GETFL -> Answer.of(O_RDWR | (descriptor.isNonBlocking() ? O_NONBLOCK : 0));
            case F_SETFL -> {
                descriptor.nonBlocking((call.a1() & O_NONBLOCK) != 0);
                yield Answer.of(0);
            }
            default -> Answer.of(-Errno.EINVAL);
        };
    }

    Reply ioctl(CallRecord call, SocketDescriptor socket) {
        StreamSocket stream = socket.stream();
        if (stream == null) {
            return Answer.of(-Errno.EINVAL);
        }
        Connection live = stream.connection();
        long queued = live == null ? 0 : live.sendQueued();
        long value = switch ((int) call.b0()) {
            case SIOCINQ -> stream.available();
            case SIOCOUTQ -> queued;
            case SIOCOUTQNSD -> live == null ? 0 : Math.max(0, queued - live.sendUnacknowledged());
            default -> -1;
        };
        if (value < 0) {
            return Answer.of(-Errno.EINVAL);
        }
        return Answer.of(0).withData(RecordChannel.little(Integer.BYTES).putInt((int) value).array());
    }

    /** Tries at once; where that would block, waits if the descriptor allows it, else fails with {@code errno}. */
    static Reply wait(Descriptor on, long timeoutNs, long nowNs, Reply.Attempt attempt, int errno) {
        Answer now = attempt.attempt(nowNs);
        if (now != null) {
            return now;
        }
        if (on.isNonBlocking()) {
            return Answer.of(-errno);
        }
        long deadlineNs = timeoutNs == 0 ? Deadlines.NONE : nowNs + timeoutNs;
        return new Reply.Waiting(attempt, deadlineNs, () -> Answer.of(-errno));
    }
}
