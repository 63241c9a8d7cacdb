package dev.braid.tundriver.netlink;

import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import dev.braid.tundriver.sys.Sockets;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A netlink socket of the network namespace its opening thread was in. It stays in that namespace whichever thread
 * uses it. Not thread-safe.
 */
final class NetlinkSocket implements AutoCloseable {
    static final int NETLINK_ROUTE = 0;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;

    private static final int SOCKADDR_NL = 12;
    /** The kernel never puts more than 32 KiB into one datagram of a dump. */
    private static final int BUFFER = 64 * 1024;

    private static final int ANSWER_TIMEOUT_MS = 5_000;
    private static final int MAX_DUMP_ATTEMPTS = 16;

    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final long buffer = Memory.allocate(arena, BUFFER, 16);
    private final long kernel = Memory.allocate(arena, SOCKADDR_NL, 4);
    private int sequence;
    private boolean open = true;

    private NetlinkSocket(int descriptor) {
        this.descriptor = descriptor;
        Memory.putNative16(kernel, Sockets.AF_NETLINK);
    }

    /**
     * @param protocol {@code NETLINK_…}
     * @param nonBlocking whether {@link #receive} returns at once when nothing is there
     * @param groups the protocol's groups to subscribe to
     */
    static NetlinkSocket open(int protocol, boolean nonBlocking, int... groups) {
        int type = Sockets.SOCK_RAW | (nonBlocking ? Sockets.SOCK_NONBLOCK : 0);
        int descriptor = Sockets.socket(Sockets.AF_NETLINK, type, protocol);
        LinuxException.check(descriptor, "netlink", "socket", "");
        NetlinkSocket socket = new NetlinkSocket(descriptor);
        try {
            LinuxException.check(Sockets.bind(descriptor, socket.kernel, SOCKADDR_NL), "netlink", "bind", "");
            // Both only make errors more telling; a kernel without them still works.
            Sockets.option(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1);
            Sockets.option(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1);
            for (int group : groups) {
                int joined = Sockets.option(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
                LinuxException.check(joined, "netlink", "NETLINK_ADD_MEMBERSHIP " + group, "");
            }
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    int descriptor() {
        return descriptor;
    }

    /** Asks for a receive buffer of this many bytes, beyond the system's limit when privileged. */
    void receiveBuffer(int bytes) {
        if (Sockets.option(descriptor, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, bytes) < 0) {
            Sockets.option(descriptor, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, bytes);
        }
    }

    /**
     * Sends a request and gathers what the kernel answers, until it says it is done.
     *
     * @param subject what the request is about, for the error message
     * @param call the request's name, for the error message
     */
    List<Reply> transact(Request request, String subject, String call) {
        for (int attempt = 0; attempt < MAX_DUMP_ATTEMPTS; attempt++) {
            send(request, subject, call);
            List<Reply> answers = gather(subject, call);
            if (answers != null) {
                return answers;
            }
        }
        throw new LinuxException(subject, call, Errno.EAGAIN, "the table kept changing while it was read; try again");
    }

    private void send(Request request, String subject, String call) {
        byte[] message = request.finish(++sequence, !request.isDump());
        send(message, subject, call);
    }

    private void send(byte[] messages, String subject, String call) {
        if (!open) {
            // A thread that comes late must not write to memory that is somebody else's by now.
            throw new LinuxException(subject, call, Errno.EBADF, "the netlink socket was closed");
        }
        if (messages.length > BUFFER) {
            throw new LinuxException(subject, call, Errno.EMSGSIZE, "more than " + BUFFER + " bytes at once");
        }
        Memory.copyIn(messages, 0, buffer, messages.length);
        int sent = Sockets.sendto(descriptor, buffer, messages.length, kernel, SOCKADDR_NL);
        LinuxException.check(sent, subject, call, "");
    }

    /**
     * Sends changes that the kernel makes all or not at all, as nfnetlink batches are, and waits until it has answered each.
     *
     * @param begin opens the batch; like {@code end} it is answered only when it is refused itself
     * @param subject what the changes are about, for the error message
     * @throws LinuxException naming the first change that was refused
     */
    void transactBatch(Request begin, List<Change> changes, Request end, String subject) {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        int first = sequence + 1;
        batch.writeBytes(begin.finish(++sequence, false));
        for (Change change : changes) {
            batch.writeBytes(change.request().finish(++sequence, true));
        }
        batch.writeBytes(end.finish(++sequence, false));
        send(batch.toByteArray(), subject, "batch");

        List<Reply> datagram = new ArrayList<>();
        for (int answers = 0; answers < changes.size();) {
            datagram.clear();
            awaitDatagram(datagram, subject, "batch");
            for (Reply reply : datagram) {
                int change = reply.sequence() - first - 1;
                if (reply.type() != Reply.NLMSG_ERROR || change < -1 || change > changes.size()) {
                    continue;
                }
                if (reply.errno() != 0) {
                    boolean frame = change < 0 || change == changes.size();
                    String call = frame ? "batch" : changes.get(change).what();
                    throw NetlinkAdvice.failure(subject, call, reply.errno(), reply.errorText());
                }
                answers++;
            }
        }
    }

    private void awaitDatagram(List<Reply> sink, String subject, String call) {
        int ready;
        do {
            ready = Descriptors.poll(descriptor, Descriptors.POLLIN, ANSWER_TIMEOUT_MS);
        } while (ready == -Errno.EINTR);
        LinuxException.check(ready == 0 ? -Errno.ETIMEDOUT : ready, subject, call, "the kernel gave no answer");
        LinuxException.check(receive(sink), subject, call, "");
    }

    /** The answers to the last request, or null when the table changed during its dump. */
    private @Nullable List<Reply> gather(String subject, String call) {
        List<Reply> datagram = new ArrayList<>();
        List<Reply> answers = new ArrayList<>();
        boolean interrupted = false;
        while (true) {
            datagram.clear();
            awaitDatagram(datagram, subject, call);
            for (Reply reply : datagram) {
                if (reply.sequence() != sequence) {
                    continue;
                }
                interrupted |= reply.interrupted();
                if (reply.type() == Reply.NLMSG_ERROR || reply.type() == Reply.NLMSG_DONE) {
                    if (reply.errno() != 0) {
                        throw NetlinkAdvice.failure(subject, call, reply.errno(), reply.errorText());
                    }
                    return interrupted ? null : answers;
                }
                answers.add(reply);
            }
        }
    }

    /**
     * Receives one datagram.
     *
     * @param sink its messages are added here
     * @return the datagram's length, or a negative error number: EAGAIN when none is there, ENOBUFS when some were lost, EBADF once
     *     closed
     */
    int receive(List<Reply> sink) {
        if (!open) {
            return -Errno.EBADF;
        }
        int length = Sockets.recvfrom(descriptor, buffer, BUFFER, Sockets.MSG_TRUNC, 0L, 0L);
        if (length < 0) {
            return length;
        }
        if (length > BUFFER) {
            return -Errno.ENOBUFS;
        }
        byte[] datagram = new byte[length];
        Memory.copyOut(buffer, datagram, 0, length);
        Reply.split(datagram, sink::add);
        return length;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Descriptors.close(descriptor);
            arena.close();
        }
    }
}
