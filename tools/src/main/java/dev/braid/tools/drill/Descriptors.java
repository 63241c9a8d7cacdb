package dev.braid.tools.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A session's descriptor table: the lowest free number is next, and 0, 1 and 2 are somebody else's. */
final class Descriptors {
    private static final int FIRST = 3;

    private final TreeMap<Integer, Descriptor> open = new TreeMap<>();

    /** Files a descriptor under the lowest free number, which is returned. */
    int add(Descriptor descriptor) {
        int fd = FIRST;
        while (open.containsKey(fd)) {
            fd++;
        }
        open.put(fd, descriptor);
        return fd;
    }

    /** The descriptor with this number, or {@code null} (EBADF). */
    @Nullable
    Descriptor find(int fd) {
        return open.get(fd);
    }

    /** The socket with this number, or {@code null} when it is none. */
    @Nullable
    SocketDescriptor socket(int fd) {
        return open.get(fd) instanceof SocketDescriptor socket ? socket : null;
    }

    /** Takes a number out of the table. */
    @Nullable
    Descriptor remove(int fd) {
        Descriptor gone = open.remove(fd);
        if (gone != null) {
            for (Descriptor other : open.values()) {
                if (other instanceof EpollDescriptor epoll) {
                    epoll.forget(fd);
                }
            }
        }
        return gone;
    }

    /** All that are open, in the order of their numbers. */
    List<Descriptor> all() {
        return new ArrayList<>(open.values());
    }
}
