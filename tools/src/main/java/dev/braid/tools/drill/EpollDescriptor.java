package dev.braid.tools.drill;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.PollEvents;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** An epoll instance (epoll(7)): level-triggered, edge-triggered and one-shot interest in other descriptors. */
final class EpollDescriptor extends Descriptor {
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int EPOLLET = 1 << 31;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int ALWAYS = PollEvents.POLLERR | PollEvents.POLLHUP;
    private static final int EVENT_BYTES = 16;

    /** One descriptor of interest. */
    private static final class Interest {
        private final Descriptor descriptor;
        private int events;
        private long userData;
        private boolean spent;
        /** Not looked at since it was set. */
        private boolean fresh = true;
        private long wakeupsSeen;

        private Interest(Descriptor descriptor) {
            this.descriptor = descriptor;
        }

        private int ready() {
            if (spent) {
                return 0;
            }
            boolean edge = (events & EPOLLET) != 0;
            if (edge && !fresh && descriptor.wakeups() == wakeupsSeen) {
                return 0;
            }
            return descriptor.pollEvents() & (events | ALWAYS);
        }

        private void reported() {
            fresh = false;
            wakeupsSeen = descriptor.wakeups();
            spent = (events & EPOLLONESHOT) != 0;
        }
    }

    private final Map<Integer, Interest> interests = new LinkedHashMap<>();

    /**
     * epoll_ctl(2).
     *
     * @return 0, -EEXIST, -ENOENT or -EINVAL
     */
    int control(int op, int fd, Descriptor target, int events, long userData) {
        Interest known = interests.get(fd);
        switch (op) {
            case ADD -> {
                if (known != null) {
                    return -Errno.EEXIST;
                }
                known = new Interest(target);
                interests.put(fd, known);
            }
            case MODIFY -> {
                if (known == null) {
                    return -Errno.ENOENT;
                }
                known.spent = false;
                known.fresh = true;
            }
            case DELETE -> {
                return interests.remove(fd) == null ? -Errno.ENOENT : 0;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        known.events = events;
        known.userData = userData;
        return 0;
    }

    /** The descriptor is closed, and leaves the set with that. */
    void forget(int fd) {
        interests.remove(fd);
    }

    /** What is ready, at most {@code most} of it, as struct epoll_event's fields in 16 bytes each; empty when nothing is. */
    byte[] collect(int most) {
        ByteBuffer events = RecordChannel.little(EVENT_BYTES * Math.min(most, interests.size()));
        for (Interest interest : interests.values()) {
            int ready = interest.ready();
            if (ready != 0 && events.hasRemaining()) {
                events.putInt(ready).putInt(0).putLong(interest.userData);
                interest.reported();
            }
        }
        byte[] collected = new byte[events.position()];
        events.get(0, collected);
        return collected;
    }

    /** How many events {@link #collect} put there. */
    static int count(byte[] collected) {
        return collected.length / EVENT_BYTES;
    }

    @Override
    int pollEvents() {
        return interests.values().stream().anyMatch(interest -> interest.ready() != 0) ? PollEvents.POLLIN : 0;
    }

    @Override
    Reply close(long nowNs) {
        return Answer.of(0);
    }
}
