package dev.braid.tundriver.netlink;

import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import dev.braid.tundriver.sys.Sockets;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route-netlink socket of the network namespace its opening thread was in. It stays in that namespace whichever thread
 * uses it. Not thread-safe.
 */
final class NetlinkSocket implements AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
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
     * @param nonBlocking whether {@link #receive} returns at once when nothing is there
     * @param groups the {@code RTNLGRP_…} to subscribe to
     */
    static NetlinkSocket open(boolean nonBlocking, int... groups) {
        int type = Sockets.SOCK_RAW | (nonBlocking ? Sockets.SOCK_NONBLOCK : 0);
        int descriptor = Sockets.socket(Sockets.AF_NETLINK, type, NETLINK_ROUTE);
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
        Memory.copyIn(message, 0, buffer, message.length);
        int sent = Sockets.sendto(descriptor, buffer, message.length, kernel, SOCKADDR_NL);
        LinuxException.check(sent, subject, call, "");
    }

    /** The answers to the last request, or null when the table changed during its dump. */
    private @Nullable List<Reply> gather(String subject, String call) {
        List<Reply> datagram = new ArrayList<>();
        List<Reply> answers = new ArrayList<>();
        boolean interrupted = false;
        while (true) {
            int ready = Descriptors.poll(descriptor, Descriptors.POLLIN, ANSWER_TIMEOUT_MS);
            if (ready == -Errno.EINTR) {
                continue;
            }
            LinuxException.check(ready == 0 ? -Errno.ETIMEDOUT : ready, subject, call, "the kernel gave no answer");
            datagram.clear();
            LinuxException.check(receive(datagram), subject, call, "");
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
     * @return the datagram's length, or a negative error number: EAGAIN when none is there, ENOBUFS when some were lost
     */
    int receive(List<Reply> sink) {
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
