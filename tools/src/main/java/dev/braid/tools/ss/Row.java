package dev.braid.tools.ss;

import dev.braid.fastpath.wire.IpAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection, a port in LISTEN or a UDP socket, as the process with the stack told it.
 *
 * @param netid {@code udp}, {@code tcp} or {@code mptcp}; a connection of the last has rows of the one before, its subflows
 * @param state as {@code ss} writes it
 * @param peer {@code null} for a port in LISTEN and a UDP socket that is not connected
 * @param fields all that was told, by name
 */
record Row(
        String netid,
        String state,
        long receiveQueue,
        long sendQueue,
        IpAddress local,
        int localPort,
        @Nullable IpAddress peer,
        int peerPort,
        Map<?, ?> fields) {

    static Row connection(Map<?, ?> fields) {
        return connection("tcp", fields);
    }

    /** A connection of Multipath TCP, as its program sees it. */
    static Row multipath(Map<?, ?> fields) {
        return connection("mptcp", fields);
    }

    private static Row connection(String netid, Map<?, ?> fields) {
        return new Row(
                netid,
                stateName(text(fields, "state")),
                number(fields, "receive_queued"),
                number(fields, "send_queued"),
                IpAddress.parse(text(fields, "local")),
                (int) number(fields, "local_port"),
                IpAddress.parse(text(fields, "remote")),
                (int) number(fields, "remote_port"),
                fields);
    }

    static Row listener(Map<?, ?> fields) {
        return listener("tcp", fields);
    }

    /** A port whose listener takes Multipath TCP. */
    static Row multipathListener(Map<?, ?> fields) {
        return listener("mptcp", fields);
    }

    private static Row listener(String netid, Map<?, ?> fields) {
        return new Row(
                netid,
                "LISTEN",
                number(fields, "acceptable"),
                number(fields, "backlog"),
                IpAddress.parse(text(fields, "local")),
                (int) number(fields, "port"),
                null,
                0,
                fields);
    }

    static Row datagrams(Map<?, ?> fields) {
        String remote = text(fields, "remote");
        return new Row(
                "udp",
                remote.isEmpty() ? "UNCONN" : "ESTAB",
                number(fields, "receive_memory"),
                0,
                IpAddress.parse(text(fields, "local")),
                (int) number(fields, "local_port"),
                remote.isEmpty() ? null : IpAddress.parse(remote),
                (int) number(fields, "remote_port"),
                fields);
    }

    boolean listening() {
        return state.equals("LISTEN");
    }

    boolean isDatagrams() {
        return netid.equals("udp");
    }

    boolean isMultipath() {
        return netid.equals("mptcp");
    }

    /** What tells TCP connections apart. */
    String tuple() {
        return local + " " + localPort + " " + peer + " " + peerPort;
    }

    boolean isIpv4() {
        return local.isIpv4();
    }

    long number(String name) {
        return number(fields, name);
    }

    String text(String name) {
        return text(fields, name);
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    /** What was told of one thing together; empty when nothing was. */
    Map<?, ?> object(String name) {
        return fields.get(name) instanceof Map<?, ?> object ? object : Map.of();
    }

    static long number(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static String text(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    private static String stateName(String state) {
        return switch (state) {
            case "ESTABLISHED" -> "ESTAB";
            case "SYN_RECEIVED" -> "SYN-RECV";
            case "CLOSED" -> "UNCONN";
            default -> state.replace('_', '-');
        };
    }
}
