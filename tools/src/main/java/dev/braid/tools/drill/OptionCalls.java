package dev.braid.tools.drill;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.OptionReader;
import dev.braid.stack.socket.OptionWriter;

/** getsockopt and setsockopt. */
final class OptionCalls {
    private static final int SOL_MPTCP = 284;
    private static final int MPTCP_INFO = 1;

    private final Host host;

    OptionCalls(Host host) {
        this.host = host;
    }

    Reply read(CallRecord call, SocketDescriptor socket, long nowNs) {
        if (call.a0() == SOL_MPTCP && call.a1() != MPTCP_INFO) {
            // These read from the caller's buffer what is wanted, even addresses: it stays in the other process.
            return Answer.of(-Errno.EOPNOTSUPP);
        }
        int length = OptionReader.read(socket.options(), host.core().tcp().config(), socket.stream(), call.a0(),
                call.a1(),
                host.scratch(), call.dataLength(), nowNs);
        return length < 0 ? Answer.of(length) : Answer.of(0).withData(host.unload(length)).withA0(length);
    }

    Reply write(CallRecord call, SocketDescriptor socket, long nowNs) {
        long value = call.nullData() ? 0 : host.load(call.data(), 0);
        return Answer.of(OptionWriter.write(
                socket.options(), host.core().tcp().config(), socket.stream(), call.a0(), call.a1(), value,
                call.dataLength(), nowNs));
    }
}
