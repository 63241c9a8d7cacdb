package dev.braid.stack.socket;

/** Levels and names of socket options, with Linux's numbers. */
final class SocketOptionNumbers {
    static final int IPPROTO_IP = 0;
    static final int SOL_SOCKET = 1;
    static final int IPPROTO_TCP = 6;
    static final int IPPROTO_IPV6 = 41;
    static final int SOL_MPTCP = 284;

    static final int SO_REUSEADDR = 2;
    static final int SO_TYPE = 3;
    static final int SO_ERROR = 4;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_KEEPALIVE = 9;
    static final int SO_LINGER = 13;
    static final int SO_RCVLOWAT = 18;
    static final int SO_SNDLOWAT = 19;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_PROTOCOL = 38;
    static final int SO_MEMINFO = 55;
    static final int SO_ZEROCOPY = 60;

    static final int TCP_NODELAY = 1;
    static final int TCP_MAXSEG = 2;
    static final int TCP_CORK = 3;
    static final int TCP_KEEPIDLE = 4;
    static final int TCP_KEEPINTVL = 5;
    static final int TCP_KEEPCNT = 6;
    static final int TCP_SYNCNT = 7;
    static final int TCP_LINGER2 = 8;
    static final int TCP_INFO = 11;
    static final int TCP_QUICKACK = 12;
    static final int TCP_CONGESTION = 13;
    static final int TCP_USER_TIMEOUT = 18;
    static final int TCP_NOTSENT_LOWAT = 25;
    static final int TCP_CC_INFO = 26;
    static final int TCP_IS_MPTCP = 43;

    static final int IP_TOS = 1;
    static final int IP_TTL = 2;
    static final int IPV6_UNICAST_HOPS = 16;
    static final int IPV6_TCLASS = 67;

    private SocketOptionNumbers() {}
}
