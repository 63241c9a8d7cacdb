package dev.braid.stack.socket;

import static dev.braid.stack.socket.SocketOptionNumbers.IPPROTO_IP;
import static dev.braid.stack.socket.SocketOptionNumbers.IPPROTO_IPV6;
import static dev.braid.stack.socket.SocketOptionNumbers.IPPROTO_TCP;
import static dev.braid.stack.socket.SocketOptionNumbers.SOL_SOCKET;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpSettings;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * setsockopt(2) with Linux's levels, names, layouts and error numbers, on {@link SocketOptions} and, where a change acts at once,
 * on the connection. Core thread only.
 */
public final class OptionWriter {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MILLI_NS = 1_000_000L;
    private static final long MICRO_NS = 1_000L;
    private static final int INT = 4;
    private static final int LINGER_BYTES = 8;
    private static final int TIMEVAL_BYTES = 16;
    /** net.core.wmem_max and rmem_max: what a program may ask for, before Linux doubles it. */
    private static final int MAX_BUFFER = 212_992;
    private static final int MIN_SEND_BUFFER = 4608;
    private static final int MIN_RECEIVE_BUFFER = 1152;
    private static final int MAX_KEEP_SECONDS = 32_767;
    private static final int MAX_KEEP_COUNT = 127;

    private OptionWriter() {}

    /**
     * Sets an option.
     *
     * @param socket the connection's socket, or {@code null} for a listener's options
     * @param address of the value, 0 = NULL
     * @param length of the value in bytes
     * @return 0, or -ENOPROTOOPT, -EINVAL, -EFAULT, -ENOENT
     */
    public static int write(
            SocketOptions options,
            TcpConfig config,
            @Nullable StreamSocket socket,
            int level,
            int name,
            long address,
            int length,
            long nowNs) {
        if (address == 0) {
            return -Errno.EFAULT;
        }
        int result = switch (level) {
            case SOL_SOCKET -> writeSocket(options, name, address, length);
            case IPPROTO_TCP -> name == SocketOptionNumbers.TCP_CONGESTION
                    ? chooseCongestion(options.tcp, config, address, length)
                    : length < INT ? -Errno.EINVAL : writeTcp(options.tcp, name, Memory.nativeI32(address));
            case IPPROTO_IP, IPPROTO_IPV6 -> length < INT
                    ? -Errno.EINVAL
                    : writeIp(options.tcp, level, name, Memory.nativeI32(address));
            default -> -Errno.ENOPROTOOPT;
        };
        if (result == 0 && socket != null) {
            socket.optionsChanged(nowNs);
            Connection live = socket.connection();
            if (live != null && level == IPPROTO_TCP && name == SocketOptionNumbers.TCP_NODELAY
                    && options.tcp.noDelay) {
                live.pushPending();
            }
        }
        return result;
    }

    private static int writeSocket(SocketOptions options, int name, long address, int length) {
        if (length < INT) {
            return -Errno.EINVAL;
        }
        int value = Memory.nativeI32(address);
        switch (name) {
            case SocketOptionNumbers.SO_REUSEADDR -> options.reuseAddress = value != 0;
            case SocketOptionNumbers.SO_KEEPALIVE -> options.tcp.keepAlive = value != 0;
            case SocketOptionNumbers.SO_SNDBUF ->
                options.tcp.sendBuffer = Math.max(MIN_SEND_BUFFER, 2 * Math.clamp(value, 0, MAX_BUFFER));
            case SocketOptionNumbers.SO_RCVBUF ->
                options.tcp.receiveBuffer = Math.clamp(value, MIN_RECEIVE_BUFFER, MAX_BUFFER);
            case SocketOptionNumbers.SO_RCVLOWAT ->
                options.receiveLowWater = value < 0 ? Integer.MAX_VALUE : Math.max(1, value);
            // Every send is copied, which the option allows: nothing stays to be reported later.
            case SocketOptionNumbers.SO_ZEROCOPY -> {
                return value == 0 || value == 1 ? 0 : -Errno.EINVAL;
            }
            case SocketOptionNumbers.SO_LINGER -> {
                if (length < LINGER_BYTES) {
                    return -Errno.EINVAL;
                }
                options.lingerNs = value == 0 ? -1 : Math.max(0, Memory.nativeI32(address + INT)) * SECOND_NS;
            }
            case SocketOptionNumbers.SO_RCVTIMEO, SocketOptionNumbers.SO_SNDTIMEO -> {
                return writeTimeout(options, name, address, length);
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    private static int writeTimeout(SocketOptions options, int name, long address, int length) {
        if (length < TIMEVAL_BYTES) {
            return -Errno.EINVAL;
        }
        long seconds = Memory.nativeI64(address);
        long micros = Memory.nativeI64(address + Long.BYTES);
        if (micros < 0 || micros >= SECOND_NS / MICRO_NS) {
            return -Errno.EDOM;
        }
        long bounded = Math.clamp(seconds, 0, Integer.MAX_VALUE);
        long timeoutNs = bounded * SECOND_NS + micros * MICRO_NS;
        if (name == SocketOptionNumbers.SO_RCVTIMEO) {
            options.receiveTimeoutNs = timeoutNs;
        } else {
            options.sendTimeoutNs = timeoutNs;
        }
        return 0;
    }

    private static int writeTcp(TcpSettings tcp, int name, int value) {
        switch (name) {
            case SocketOptionNumbers.TCP_NODELAY -> tcp.noDelay = value != 0;
            case SocketOptionNumbers.TCP_CORK -> tcp.cork = value != 0;
            case SocketOptionNumbers.TCP_QUICKACK -> tcp.quickAck = value != 0;
            case SocketOptionNumbers.TCP_MAXSEG -> {
                if (value != 0 && (value < TcpSettings.LEAST_MAX_SEGMENT || value > Short.MAX_VALUE)) {
                    return -Errno.EINVAL;
                }
                tcp.maxSegment = value;
            }
            case SocketOptionNumbers.TCP_KEEPIDLE, SocketOptionNumbers.TCP_KEEPINTVL -> {
                if (value < 1 || value > MAX_KEEP_SECONDS) {
                    return -Errno.EINVAL;
                }
                if (name == SocketOptionNumbers.TCP_KEEPIDLE) {
                    tcp.keepIdleNs = value * SECOND_NS;
                } else {
                    tcp.keepIntervalNs = value * SECOND_NS;
                }
            }
            case SocketOptionNumbers.TCP_KEEPCNT, SocketOptionNumbers.TCP_SYNCNT -> {
                if (value < 1 || value > MAX_KEEP_COUNT) {
                    return -Errno.EINVAL;
                }
                if (name == SocketOptionNumbers.TCP_KEEPCNT) {
                    tcp.keepCount = value;
                } else {
                    tcp.synRetries = value;
                }
            }
            case SocketOptionNumbers.TCP_LINGER2 -> tcp.finWait2Ns = value < 0 ? -1 : value * SECOND_NS;
            case SocketOptionNumbers.TCP_NOTSENT_LOWAT -> tcp.notSentLowWater = Integer.toUnsignedLong(value);
            case SocketOptionNumbers.TCP_USER_TIMEOUT -> {
                if (value < 0) {
                    return -Errno.EINVAL;
                }
                tcp.userTimeoutNs = value * MILLI_NS;
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    private static int chooseCongestion(TcpSettings tcp, TcpConfig config, long address, int length) {
        if (length < 1) {
            return -Errno.EINVAL;
        }
        byte[] bytes = new byte[Math.clamp(length, 0, OptionReader.CONGESTION_BYTES)];
        Memory.copyOut(address, bytes, 0, bytes.length);
        String name = new String(bytes, StandardCharsets.US_ASCII);
        int end = name.indexOf('\0');
        String wanted = end < 0 ? name : name.substring(0, end);
        if (!config.congestionControls.has(wanted)) {
            return -Errno.ENOENT;
        }
        tcp.congestionControl = wanted;
        return 0;
    }

    private static int writeIp(TcpSettings tcp, int level, int name, int value) {
        boolean ip4 = level == IPPROTO_IP;
        if (name == (ip4 ? SocketOptionNumbers.IP_TTL : SocketOptionNumbers.IPV6_UNICAST_HOPS)) {
            if (value < -1 || value > 255 || (ip4 && value == 0)) {
                return -Errno.EINVAL;
            }
            tcp.ttl = Math.max(0, value);
            return 0;
        }
        if (name == (ip4 ? SocketOptionNumbers.IP_TOS : SocketOptionNumbers.IPV6_TCLASS)) {
            // The two low bits are ECN's, which is TCP's own business.
            tcp.trafficClass = value & 0xfc;
            return 0;
        }
        return -Errno.ENOPROTOOPT;
    }
}
