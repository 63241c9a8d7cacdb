package dev.braid.tools.drill;

import dev.braid.stack.socket.Errno;

/** Finds the descriptor that a call is about, and the one who performs it. */
final class Calls {
    private final Host host;
    private final SocketCalls sockets;
    private final DataCalls data;
    private final OptionCalls options;
    private final ReadinessCalls readiness;
    private final PipeCalls pipes;

    Calls(Host host) {
        this.host = host;
        sockets = new SocketCalls(host);
        data = new DataCalls(host);
        options = new OptionCalls(host);
        readiness = new ReadinessCalls(host);
        pipes = new PipeCalls(host);
    }

    /** Performs a call, except for those the endpoint deals with itself. */
    Reply perform(CallRecord call, long nowNs) {
        switch (call.op()) {
            case SOCKET -> {
                return sockets.socket(call);
            }
            case PIPE -> {
                return pipes.pipe();
            }
            case POLL -> {
                return readiness.poll(call, nowNs);
            }
            case EPOLL_CREATE -> {
                return readiness.epollCreate();
            }
            case CLOCK -> {
                return Answer.of(0);
            }
            case CLOSE -> {
                Descriptor closing = host.descriptors().remove(call.fd());
                return closing == null ? Answer.of(-Errno.EBADF) : closing.close(nowNs);
            }
            default -> {
                Descriptor descriptor = host.descriptors().find(call.fd());
                return descriptor == null ? Answer.of(-Errno.EBADF) : onDescriptor(call, descriptor, nowNs);
            }
        }
    }

    private Reply onDescriptor(CallRecord call, Descriptor descriptor, long nowNs) {
        return switch (call.op()) {
            case RECV -> data.recv(call, descriptor, nowNs);
            case SEND -> data.send(call, descriptor, nowNs);
            case FCNTL -> sockets.fcntl(call, descriptor);
            case SPLICE -> pipes.splice(call, descriptor, nowNs);
            case EPOLL_CTL, EPOLL_WAIT -> {
                if (!(descriptor instanceof EpollDescriptor epoll)) {
                    yield Answer.of(-Errno.EINVAL);
                }
                yield call.op() == Op.EPOLL_CTL
                        ? readiness.epollControl(call, epoll)
                        : readiness.epollWait(call, epoll, nowNs);
            }
            default -> descriptor instanceof SocketDescriptor socket
                    ? onSocket(call, socket, nowNs)
                    : Answer.of(-Errno.ENOTSOCK);
        };
    }

    private Reply onSocket(CallRecord call, SocketDescriptor socket, long nowNs) {
        return switch (call.op()) {
            case BIND -> sockets.bind(call, socket);
            case LISTEN -> sockets.listen(call, socket);
            case ACCEPT -> sockets.accept(call, socket, nowNs);
            case CONNECT -> sockets.connect(call, socket, nowNs);
            case SHUTDOWN -> sockets.shutdown(call, socket, nowNs);
            case IOCTL -> sockets.ioctl(call, socket);
            case GETSOCKOPT -> options.read(call, socket, nowNs);
            case SETSOCKOPT -> options.write(call, socket, nowNs);
            default -> throw new BadRecord(call.op() + " has no place in the middle of a session");
        };
    }
}
