package dev.braid.tools.drill;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.PollEvents;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** poll and epoll. */
final class ReadinessCalls {
    private static final long MILLI_NS = 1_000_000L;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final int POLL_ALWAYS = PollEvents.POLLERR | PollEvents.POLLHUP | PollEvents.POLLNVAL;

    private final Host host;

    ReadinessCalls(Host host) {
        this.host = host;
    }

    Reply poll(CallRecord call, long nowNs) {
        if (call.data().remaining() % POLLFD_BYTES != 0) {
            return Answer.of(-Errno.EINVAL);
        }
        return within(call.a0(), nowNs, now -> polled(call.data()),
                () -> Answer.of(0).withData(scan(call.data()).array()));
    }

    private @Nullable Answer polled(ByteBuffer asked) {
        ByteBuffer answer = scan(asked);
        int ready = 0;
        for (int at = 0; at < answer.limit(); at += POLLFD_BYTES) {
            ready += answer.getShort(at + REVENTS) == 0 ? 0 : 1;
        }
        return ready == 0 ? null : Answer.of(ready).withData(answer.array());
    }

    /** A copy of the array with revents filled in. */
    private ByteBuffer scan(ByteBuffer asked) {
        ByteBuffer answer = RecordChannel.little(asked.limit()).put(asked.duplicate().rewind()).flip();
        for (int at = 0; at < answer.limit(); at += POLLFD_BYTES) {
            int fd = answer.getInt(at);
            int wanted = Short.toUnsignedInt(answer.getShort(at + EVENTS));
            Descriptor descriptor = host.descriptors().find(fd);
            int events = descriptor == null ? PollEvents.POLLNVAL : descriptor.pollEvents();
            answer.putShort(at + REVENTS, (short) (fd < 0 ? 0 : events & (wanted | POLL_ALWAYS)));
        }
        return answer;
    }

    Reply epollCreate() {
        return Answer.of(host.descriptors().add(new EpollDescriptor()));
    }

    Reply epollControl(CallRecord call, EpollDescriptor epoll) {
        Descriptor target = host.descriptors().find(call.a1());
        if (target == null) {
            return Answer.of(-Errno.EBADF);
        }
        return Answer.of(target == epoll
                ? -Errno.EINVAL
                : epoll.control(call.a0(), call.a1(), target, call.a2(), call.b0()));
    }

    Reply epollWait(CallRecord call, EpollDescriptor epoll, long nowNs) {
        if (call.a0() <= 0) {
            return Answer.of(-Errno.EINVAL);
        }
        return within(call.a1(), nowNs, now -> {
            byte[] events = epoll.collect(call.a0());
            return events.length == 0 ? null : Answer.of(EpollDescriptor.count(events)).withData(events);
        }, () -> Answer.of(0));
    }

    private static Reply within(
            int timeoutMs, long nowNs, Reply.Attempt attempt, Supplier<Answer> nothing) {
        Answer now = attempt.attempt(nowNs);
        if (now != null) {
            return now;
        }
        if (timeoutMs == 0) {
            return nothing.get();
        }
        return new Reply.Waiting(attempt, timeoutMs < 0 ? Deadlines.NONE : nowNs + timeoutMs * MILLI_NS, nothing);
    }
}
