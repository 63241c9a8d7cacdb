package dev.braid.stack.socket;

import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.MptcpSettings;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.TcpSettings;
import org.jspecify.annotations.Nullable;

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

    /** What Multipath TCP reads when a connection begins. */
    public final MptcpSettings mptcp;

    /** The protocol; {@code null} = the host's default ({@code net.mptcp.enabled}). Counts when the socket connects or listens. */
    public @Nullable StreamProtocol protocol;
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
        mptcp = new MptcpSettings();
    }

    /** A listener's options for a connection it took, which has settings of its own. */
    SocketOptions(SocketOptions from, Connection accepted) {
        tcp = accepted.settings();
        // A peer that does not speak Multipath TCP has a plain TCB behind a listener that does.
        boolean multipath = accepted instanceof MptcpConnection;
        mptcp = accepted instanceof MptcpConnection connection ? connection.own() : new MptcpSettings(from.mptcp);
        protocol = multipath ? StreamProtocol.MPTCP : StreamProtocol.TCP;
        reuseAddress = from.reuseAddress;
        lingerNs = from.lingerNs;
        receiveLowWater = from.receiveLowWater;
        receiveTimeoutNs = from.receiveTimeoutNs;
        sendTimeoutNs = from.sendTimeoutNs;
    }
}
