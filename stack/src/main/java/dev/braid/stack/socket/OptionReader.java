package dev.braid.stack.socket;

import static dev.braid.stack.socket.SocketOptionNumbers.IPPROTO_IP;
import static dev.braid.stack.socket.SocketOptionNumbers.IPPROTO_IPV6;
import static dev.braid.stack.socket.SocketOptionNumbers.IPPROTO_TCP;
import static dev.braid.stack.socket.SocketOptionNumbers.SOL_MPTCP;
import static dev.braid.stack.socket.SocketOptionNumbers.SOL_SOCKET;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.stack.tcp.TcpSettings;
import dev.braid.stack.tcp.TcpState;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** getsockopt(2) with Linux's levels, names, layouts and error numbers. Core thread only. */
public final class OptionReader {
    /** TCP_CA_NAME_MAX: room for a congestion control's name. */
    static final int CONGESTION_BYTES = 16;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MILLI_NS = 1_000_000L;
    private static final long MICRO_NS = 1_000L;
    private static final int INT = 4;
    private static final int SOCK_STREAM = 1;
    private static final int MEMINFO_BYTES = 36;

    private OptionReader() {}

    /**
     * Reads an option.
     *
     * @param socket the connection's socket, or {@code null} for a listener's options
     * @param address where the value goes; some options read from there what is asked for, MPTCP_FULL_INFO addresses in this process
     * @param capacity bytes of room there; a longer value is cut off
     * @return bytes written, or -ENOPROTOOPT, -EINVAL, -EOPNOTSUPP
     */
    public static int read(
            SocketOptions options,
            TcpConfig config,
            @Nullable StreamSocket socket,
            int level,
            int name,
            long address,
            int capacity,
            long nowNs) {
        if (capacity < 0) {
            return -Errno.EINVAL;
        }
        return switch (level) {
            case SOL_SOCKET -> readSocket(options, config, socket, name, address, capacity);
            case IPPROTO_TCP -> name == SocketOptionNumbers.TCP_IS_MPTCP
                    ? number(isMultipath(options, socket, nowNs) ? 1 : 0, address, capacity)
                    : readTcp(options.tcp, config, socket, name, address, capacity, nowNs);
            case IPPROTO_IP, IPPROTO_IPV6 -> readIp(options.tcp, level, name, address, capacity);
            case SOL_MPTCP -> readMultipath(options, socket, name, address, capacity, nowNs);
            default -> -Errno.ENOPROTOOPT;
        };
    }

    private static int readSocket(
            SocketOptions options,
            TcpConfig config,
            @Nullable StreamSocket socket,
            int name,
            long address,
            int capacity) {
        TcpSettings tcp = options.tcp;
        return switch (name) {
            case SocketOptionNumbers.SO_REUSEADDR -> number(options.reuseAddress ? 1 : 0, address, capacity);
            case SocketOptionNumbers.SO_TYPE -> number(SOCK_STREAM, address, capacity);
            case SocketOptionNumbers.SO_ERROR -> number(socket == null ? 0 : socket.error(), address, capacity);
            case SocketOptionNumbers.SO_SNDBUF -> number(sendBuffer(tcp, config, socket), address, capacity);
            case SocketOptionNumbers.SO_RCVBUF -> number(receiveBuffer(tcp, config, socket), address, capacity);
            case SocketOptionNumbers.SO_KEEPALIVE -> number(tcp.keepAlive ? 1 : 0, address, capacity);
            case SocketOptionNumbers.SO_RCVLOWAT -> number(options.receiveLowWater, address, capacity);
            case SocketOptionNumbers.SO_SNDLOWAT -> number(1, address, capacity);
            case SocketOptionNumbers.SO_ACCEPTCONN -> number(socket == null ? 1 : 0, address, capacity);
            case SocketOptionNumbers.SO_PROTOCOL -> number(protocol(options, socket).number(), address, capacity);
            case SocketOptionNumbers.SO_LINGER -> pair(
                    options.lingerNs < 0 ? 0 : 1, (int) (Math.max(0, options.lingerNs) / SECOND_NS), address, capacity);
            case SocketOptionNumbers.SO_RCVTIMEO -> timeval(options.receiveTimeoutNs, address, capacity);
            case SocketOptionNumbers.SO_SNDTIMEO -> timeval(options.sendTimeoutNs, address, capacity);
            case SocketOptionNumbers.SO_MEMINFO -> memory(tcp, config, socket, address, capacity);
            default -> -Errno.ENOPROTOOPT;
        };
    }

    private static int readTcp(
            TcpSettings tcp,
            TcpConfig config,
            @Nullable StreamSocket socket,
            int name,
            long address,
            int capacity,
            long nowNs) {
        Connection live = socket == null ? null : socket.connection();
        return switch (name) {
            case SocketOptionNumbers.TCP_NODELAY -> number(tcp.noDelay ? 1 : 0, address, capacity);
            case SocketOptionNumbers.TCP_CORK -> number(tcp.cork ? 1 : 0, address, capacity);
            case SocketOptionNumbers.TCP_QUICKACK -> number(tcp.quickAck ? 1 : 0, address, capacity);
            case SocketOptionNumbers.TCP_MAXSEG -> number(
                    live != null || tcp.maxSegment == 0 ? segment(live) : tcp.maxSegment, address, capacity);
            case SocketOptionNumbers.TCP_KEEPIDLE ->
                number(seconds(tcp.keepIdleNs, config.keepIdleNs), address, capacity);
            case SocketOptionNumbers.TCP_KEEPINTVL ->
                number(seconds(tcp.keepIntervalNs, config.keepIntervalNs), address, capacity);
            case SocketOptionNumbers.TCP_KEEPCNT ->
                number(tcp.keepCount > 0 ? tcp.keepCount : config.keepCount, address, capacity);
            case SocketOptionNumbers.TCP_SYNCNT -> number(
                    tcp.synRetries > 0 ? tcp.synRetries : config.synRetries, address, capacity);
            case SocketOptionNumbers.TCP_LINGER2 -> number(
                    (int) ((tcp.finWait2Ns < 0 ? config.finWait2Ns : tcp.finWait2Ns) / SECOND_NS), address, capacity);
            case SocketOptionNumbers.TCP_USER_TIMEOUT -> number(
                    (int) (tcp.userTimeoutNs / MILLI_NS), address, capacity);
            case SocketOptionNumbers.TCP_CONGESTION -> text(
                    live != null ? live.congestionControl() : congestion(tcp, config), address, capacity);
            case SocketOptionNumbers.TCP_NOTSENT_LOWAT -> number((int) tcp.notSentLowWater, address, capacity);
            case SocketOptionNumbers.TCP_INFO -> info(socket, address, capacity, nowNs);
            case SocketOptionNumbers.TCP_CC_INFO -> CongestionInfoLayout.write(
                    live == null ? null : live.congestionInfo(), address, capacity);
            default -> -Errno.ENOPROTOOPT;
        };
    }

    /** What the socket chose, or a listener listens with. */
    private static StreamProtocol protocol(SocketOptions options, @Nullable StreamSocket socket) {
        if (socket != null) {
            return socket.facts().protocol();
        }
        return options.protocol == null ? StreamProtocol.TCP : options.protocol;
    }

    /** As in Linux a connection that fell back is none any more. */
    private static boolean isMultipath(SocketOptions options, @Nullable StreamSocket socket, long nowNs) {
        if (socket == null) {
            return protocol(options, null) == StreamProtocol.MPTCP;
        }
        MptcpInfo info = socket.facts().multipathInfo(nowNs);
        return info != null && !info.fallback;
    }

    private static int readMultipath(
            SocketOptions options,
            @Nullable StreamSocket socket,
            int name,
            long address,
            int capacity,
            long nowNs) {
        if (protocol(options, socket) == StreamProtocol.TCP) {
            return -Errno.EOPNOTSUPP;
        }
        MptcpInfo info = socket == null ? null : socket.facts().multipathInfo(nowNs);
        return MultipathOptions.read(info == null ? MptcpInfo.none() : info, name, address, capacity);
    }

    private static int seconds(long ownNs, long defaultNs) {
        return (int) ((ownNs > 0 ? ownNs : defaultNs) / SECOND_NS);
    }

    private static String congestion(TcpSettings tcp, TcpConfig config) {
        return tcp.congestionControl == null ? config.congestionControl : tcp.congestionControl;
    }

    private static int segment(@Nullable Connection live) {
        return live == null ? Tcb.DEFAULT_MSS : live.mss();
    }

    private static int readIp(TcpSettings tcp, int level, int name, long address, int capacity) {
        boolean ip4 = level == IPPROTO_IP;
        if (name == (ip4 ? SocketOptionNumbers.IP_TTL : SocketOptionNumbers.IPV6_UNICAST_HOPS)) {
            return number(tcp.ttl > 0 ? tcp.ttl : -1, address, capacity);
        }
        if (name == (ip4 ? SocketOptionNumbers.IP_TOS : SocketOptionNumbers.IPV6_TCLASS)) {
            return number(tcp.trafficClass, address, capacity);
        }
        return -Errno.ENOPROTOOPT;
    }

    /** What was asked for, else what the buffer has grown to. */
    private static int sendBuffer(TcpSettings tcp, TcpConfig config, @Nullable StreamSocket socket) {
        Connection live = socket == null ? null : socket.connection();
        return tcp.sendBuffer > 0 ? tcp.sendBuffer : live == null ? config.sendBuffer : live.sendBufferSize();
    }

    /** The same in true bytes, as Linux has it: twice what may be unread. */
    private static int receiveBuffer(TcpSettings tcp, TcpConfig config, @Nullable StreamSocket socket) {
        Connection live = socket == null ? null : socket.connection();
        int payload = tcp.receiveBuffer > 0
                ? tcp.receiveBuffer
                : live == null ? config.receiveBuffer : live.receiveBufferSize();
        return (int) Math.min(2L * payload, Integer.MAX_VALUE);
    }

    private static int info(@Nullable StreamSocket socket, long address, int capacity, long nowNs) {
        TcpInfo info = socket == null ? null : socket.facts().info(nowNs);
        if (info != null) {
            return TcpInfoLayout.write(info, address, capacity);
        }
        // Before a connection and after it Linux tells the state alone.
        int length = Math.min(capacity, TcpInfoLayout.LENGTH);
        if (length > 0) {
            Memory.zero(address, length);
            Memory.put8(address, TcpInfoLayout.state(TcpState.CLOSED));
        }
        return length;
    }

    // Layouts.

    private static int number(int value, long address, int capacity) {
        for (int i = 0; i < Math.min(INT, capacity); i++) {
            Memory.put8(address + i, value >>> (8 * i));
        }
        return Math.min(INT, capacity);
    }

    private static int pair(int first, int second, long address, int capacity) {
        int written = number(first, address, capacity);
        return written + number(second, address + written, capacity - written);
    }

    private static int timeval(long ns, long address, int capacity) {
        if (capacity < 2 * Long.BYTES) {
            return -Errno.EINVAL;
        }
        Memory.putNative64(address, ns / SECOND_NS);
        Memory.putNative64(address + Long.BYTES, ns % SECOND_NS / MICRO_NS);
        return 2 * Long.BYTES;
    }

    private static int text(String value, long address, int capacity) {
        int length = Math.min(CONGESTION_BYTES, capacity);
        Memory.zero(address, length);
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        Memory.copyIn(bytes, 0, address, Math.min(bytes.length, length));
        return length;
    }

    /** Linux's nine SK_MEMINFO numbers: receive queue and buffer, send queue and buffer, the rest 0. */
    private static int memory(
            TcpSettings tcp, TcpConfig config, @Nullable StreamSocket socket, long address, int capacity) {
        if (capacity < MEMINFO_BYTES) {
            return -Errno.EINVAL;
        }
        Memory.zero(address, MEMINFO_BYTES);
        Connection live = socket == null ? null : socket.connection();
        int queued = live == null ? 0 : (int) live.sendQueued();
        Memory.putNative32(address, live == null ? 0 : (int) Math.min(live.receivePinned(), Integer.MAX_VALUE));
        Memory.putNative32(address + INT, receiveBuffer(tcp, config, socket));
        Memory.putNative32(address + 3 * INT, sendBuffer(tcp, config, socket));
        Memory.putNative32(address + 5 * INT, queued);
        return MEMINFO_BYTES;
    }
}
