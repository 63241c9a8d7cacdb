package dev.braid.tools.kernel.mptcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * One end of a {@link TwoPaths}, Braid or the kernel, in the same words: a scenario is written once and run with either as the
 * client. Path 0 is 10.77.0.0/24 and fd77::/64, path 1 is 10.78.0.0/24 and fd78::/64.
 */
interface Host {
    /** What an endpoint is for, as {@code ip mptcp} names it. */
    String SIGNAL = "signal";
    String SUBFLOW = "subflow";
    String BACKUP = "backup";
    String FULLMESH = "fullmesh";

    /** Its address on a path. */
    String address(int path, boolean v6);

    /** A stream to this address; joins of either IP version are possible. */
    SocketChannel connect(InetSocketAddress to) throws IOException;

    /** A plain TCP stream to this address. */
    SocketChannel connectPlain(InetSocketAddress to) throws IOException;

    /** Listens on all addresses of both IP versions. */
    ServerSocketChannel listen() throws IOException;

    /** As {@link #listen}, for plain TCP. */
    ServerSocketChannel listenPlain() throws IOException;

    /** Subflows beside the first, and announced addresses that are connected to. */
    void limits(int subflows, int addAddrAccepted) throws IOException;

    /** Is about to announce an address of IPv6 with a port, which together with timestamps is more than 40 bytes. */
    void makeRoomToAnnounce(boolean v6WithPort) throws IOException;

    /** Adds an endpoint; port 0 for none. */
    void addEndpoint(int id, String address, int port, String... flags) throws IOException;

    /** Takes an endpoint away: REMOVE_ADDR. */
    void removeEndpoint(int id) throws IOException;

    /** Makes an endpoint's subflows backups or not: MP_PRIO. */
    void backup(int id, boolean backup) throws IOException;

    /** A setting of {@code net.mptcp}. */
    void setting(String name, String value) throws IOException;

    /** A counter by nstat's name. */
    long counter(String name) throws IOException;

    /** How many subflows there are. */
    int subflows() throws IOException;

    /** How many of them begin or end at this address. */
    int subflowsAt(String address) throws IOException;

    /** Payload bytes that came by the subflows there are beside the first: those of which either address is path 1's. */
    long receivedByJoined() throws IOException;

    /** Whether the connection of this end has checksums in use. */
    boolean checksums(SocketChannel channel) throws IOException;

    /** Whether this end of a connection speaks Multipath TCP, and did not fall back. */
    boolean isMultipath(SocketChannel channel) throws IOException;
}
