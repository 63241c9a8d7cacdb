package dev.braid.stack.socket;

import dev.braid.stack.tcp.TcpSettings;

/**
 * The options of one socket: what TCP needs to know in {@link #tcp}, what only the socket layer needs beside it. A listener's
 * are copied to each connection it accepts. Core thread only.
 *
 * <p>SO_REUSEADDR is taken and has no effect: a port in TIME-WAIT never keeps a listener off (RFC 9293 section 3.6.1 lets a
 * newer SYN in), and a port somebody listens on is refused always.
 */
public final class SocketOptions {
    /** What TCP reads; after a change on a live socket call {@link StreamSocket#optionsChanged}. */
    public final TcpSettings tcp;

    /** SO_REUSEADDR. */
    public boolean reuseAddress;
    /** SO_LINGER: negative = off; 0 = close resets; else close waits this long for the peer's acknowledgement. */
    public long lingerNs = -1;
    /** SO_RCVLOWAT: bytes that make a socket readable, at least 1. */
    public int receiveLowWater = 1;
    /** SO_RCVTIMEO for blocking reads and accepts; 0 = for ever. */
    public long receiveTimeoutNs;
    /** SO_SNDTIMEO for blocking writes and connects; 0 = for ever. */
    public long sendTimeoutNs;

    /** The stack's defaults. */
    public SocketOptions() {
        tcp = new TcpSettings();
    }

    /** A listener's options for a connection it took, whose TCP has settings of its own. */
    SocketOptions(SocketOptions from, TcpSettings tcp) {
        this.tcp = tcp;
        reuseAddress = from.reuseAddress;
        lingerNs = from.lingerNs;
        receiveLowWater = from.receiveLowWater;
        receiveTimeoutNs = from.receiveTimeoutNs;
        sendTimeoutNs = from.sendTimeoutNs;
    }
}
