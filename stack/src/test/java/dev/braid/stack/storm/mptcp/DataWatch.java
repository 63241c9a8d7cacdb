package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.middlebox.TcpPacket;
import dev.braid.fastpath.wire.DataSequenceSignal;
import dev.braid.fastpath.wire.JoinOption;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.storm.StormHost;
import java.util.HashMap;
import java.util.Map;

/**
 * Watches one host where its links begin and end, in front of all boxes and weather, and holds each packet that leaves against what
 * arrived until then, by RFC 8684:
 *
 * <ul>
 *   <li>neither DATA_ACK nor the right edge of the window ever moves back (section 3.3.4);
 *   <li>no DATA_ACK covers what did not arrive with a mapping, nor a DATA_FIN before all data (3.3.2, 3.3.3);
 *   <li>a byte of a subflow has one place in the data for good, and none leaves without (3.3.1);
 *   <li>no data leaves beyond the windows that arrived, the connection's and the subflow's (3.3.5), or behind the DATA_FIN;
 *   <li>no join before an option arrived behind the SYN (3.1, which names DSS; ADD_ADDR proves the same), and no data on a joined subflow before the third packet of its handshake, or the
 *       fourth (3.2).
 * </ul>
 *
 * <p>What arrived may not have reached the core, so it allows a little more than the host may do, and never less. Of a connection
 * that its host says is plain TCP nothing is asked.
 */
final class DataWatch {
    private record Flow(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort) {}

    /** A SYN that arrived, of which the answer has not left yet. */
    private record Asked(Flow flow, int isn) {}

    private final StormHost host;
    private final TcpPacket segment = new TcpPacket();
    private final TcpOptions options = new TcpOptions();
    private final MptcpOptions multipath = new MptcpOptions();
    private final Map<Asked, WatchedSubflow.Syn> asked = new HashMap<>();
    /** SYNs that left, of which no answer has come yet. */
    private final Map<Flow, WatchedSubflow.Syn> asking = new HashMap<>();
    private final Map<Flow, WatchedSubflow> subflows = new HashMap<>();
    private final Map<Integer, WatchedConnection> ofLocalToken = new HashMap<>();
    private final Map<Integer, WatchedConnection> ofRemoteToken = new HashMap<>();
    private String complaint = "";
    private int packets;

    DataWatch(StormHost host) {
        this.host = host;
    }

    /** What did not hold first; empty while all does. */
    String complaint() {
        return complaint;
    }

    /** How many packets of Multipath TCP left that were held against what arrived. */
    int packets() {
        return packets;
    }

    /** Stands where packets leave the host. */
    Middlebox leaving() {
        return (frame, nowNs, forward) -> {
            leaves(frame, nowNs);
            forward.transmit(frame);
        };
    }

    /** A packet leaves the host. */
    void leaves(Frame frame, long nowNs) {
        if (!segment.read(frame)) {
            return;
        }
        long tcp = segment.tcp();
        Flow flow = new Flow(segment.srcHi(), segment.srcLo(), Tcp.srcPort(tcp), segment.dstHi(), segment.dstLo(),
                Tcp.dstPort(tcp));
        parse();
        int flags = Tcp.flags(tcp);
        if ((flags & Tcp.RST) != 0) {
            return;
        }
        if (segment.isSyn()) {
            synLeaves(flow, flags, nowNs);
            return;
        }
        WatchedSubflow subflow = subflows.get(flow);
        if (subflow == null) {
            return;
        }
        if (multipath.has(MptcpOptions.MP_CAPABLE) && subflow.connection == null) {
            begin(subflow, multipath.capable().senderKey(), multipath.capable().receiverKey());
        }
        WatchedConnection connection = subflow.connection;
        if (connection != null) {
            packets++;
            String wrong = leaves(connection, subflow);
            if (!wrong.isEmpty() && complaint.isEmpty() && !isPlain(connection)) {
                complaint = "%s at %.6f s, %s: %s".formatted(host.address, nowNs / 1e9, flow, wrong);
            }
        }
    }

    /** A packet arrives at the host. */
    void arrives(Frame frame) {
        if (!segment.read(frame)) {
            return;
        }
        long tcp = segment.tcp();
        Flow flow = new Flow(segment.dstHi(), segment.dstLo(), Tcp.dstPort(tcp), segment.srcHi(), segment.srcLo(),
                Tcp.srcPort(tcp));
        parse();
        int flags = Tcp.flags(tcp);
        if ((flags & Tcp.RST) != 0) {
            return;
        }
        if (segment.isSyn()) {
            synArrives(flow, flags);
            return;
        }
        WatchedSubflow subflow = subflows.get(flow);
        if (subflow == null) {
            return;
        }
        if (multipath.has(MptcpOptions.MP_CAPABLE) && subflow.connection == null) {
            begin(subflow, multipath.capable().receiverKey(), multipath.capable().senderKey());
        }
        long window = subflow.windowOfRemote(Tcp.window(tcp));
        subflow.windowArrives(Tcp.ack(tcp), window);
        WatchedConnection connection = subflow.connection;
        if (connection != null) {
            arrives(connection, subflow, window);
        }
    }

    private void parse() {
        int length = (int) (segment.optionsEnd() - segment.options());
        options.parse(segment.options(), length, OptionSink.IGNORE);
        multipath.parse(segment.options(), length);
    }

    private boolean isPlain(WatchedConnection connection) {
        for (MptcpConnection one : host.core.mptcp().connections()) {
            if (one.token() == connection.localToken) {
                return one.fallbackReason() != null;
            }
        }
        return false;
    }

    // The handshake.

    private WatchedSubflow.Syn syn() {
        JoinOption join = multipath.join();
        boolean joins = multipath.has(MptcpOptions.MP_JOIN);
        return new WatchedSubflow.Syn(Tcp.seq(segment.tcp()),
                options.has(TcpOptions.WINDOW_SCALE) ? options.windowScale() : -1,
                joins && join.length() == MptcpOptionWriter.JOIN_SYN ? join.token() : 0, joins,
                Tcp.window(segment.tcp()));
    }

    private void synLeaves(Flow flow, int flags, long nowNs) {
        WatchedSubflow.Syn own = syn();
        if ((flags & Tcp.ACK) == 0) {
            asking.put(flow, own);
            WatchedConnection joins = own.joins() ? ofRemoteToken.get(own.joinToken()) : null;
            if (joins != null && !joins.optionsPass && complaint.isEmpty()) {
                complaint = "%s at %.6f s, %s: a join before options are known to pass".formatted(host.address,
                        nowNs / 1e9, flow);
            }
            return;
        }
        WatchedSubflow.Syn peers = asked.get(new Asked(flow, Tcp.ack(segment.tcp()) - 1));
        WatchedSubflow known = subflows.get(flow);
        if (peers != null && (known == null || known.isnLocal != own.isn())) {
            WatchedSubflow subflow = new WatchedSubflow(false, own, peers);
            subflow.connection = own.joins() ? ofLocalToken.get(peers.joinToken()) : null;
            subflows.put(flow, subflow);
        }
    }

    private void synArrives(Flow flow, int flags) {
        WatchedSubflow.Syn peers = syn();
        if ((flags & Tcp.ACK) == 0) {
            asked.put(new Asked(flow, peers.isn()), peers);
            return;
        }
        WatchedSubflow.Syn own = asking.get(flow);
        WatchedSubflow known = subflows.get(flow);
        if (own != null && Tcp.ack(segment.tcp()) == own.isn() + 1
                && (known == null || known.isnLocal != own.isn())) {
            WatchedSubflow subflow = new WatchedSubflow(true, own, peers);
            subflow.connection = own.joins() ? ofRemoteToken.get(own.joinToken()) : null;
            subflows.put(flow, subflow);
        }
    }

    /** Both keys are known from here on. */
    private void begin(WatchedSubflow subflow, long localKey, long remoteKey) {
        if (multipath.capable().length() < MptcpOptionWriter.CAPABLE_ACK) {
            return;
        }
        WatchedConnection connection = new WatchedConnection(localKey, remoteKey);
        WatchedConnection known = ofLocalToken.putIfAbsent(connection.localToken, connection);
        subflow.connection = known == null ? connection : known;
        subflow.proved = true;
        subflow.connection.windowArrives(subflow.firstWindow);
        ofRemoteToken.putIfAbsent(connection.remoteToken, connection);
    }

    // What arrives and what leaves of a subflow.

    private void arrives(WatchedConnection connection, WatchedSubflow subflow, long window) {
        boolean third = multipath.has(MptcpOptions.MP_JOIN);
        subflow.proved |= subflow.opened || third;
        DataSequenceSignal dss = multipath.dss();
        boolean says = multipath.has(MptcpOptions.DSS);
        connection.optionsPass |= multipath.present() != 0;
        if (says && dss.hasDataAck()) {
            connection.dataAckArrives(dss.dataAck(), dss.dataAckIs64());
        }
        connection.windowArrives(window);
        if (multipath.capableMaps()) {
            subflow.mappingArrives(connection, 1, 1 + multipath.capable().dataLevelLength(), 1);
        } else if (says && dss.hasMapping()) {
            long place = connection.arriving(dss.dsn(), dss.dsnIs64());
            int data = dss.dataLevelLength() - (dss.dataFin() ? 1 : 0);
            subflow.mappingArrives(connection, ssn(dss), ssn(dss) + data, place);
            if (dss.dataFin()) {
                connection.dataArrives(place + data, place + data + 1);
            }
        }
        long start = subflow.ssnOfRemote(Tcp.seq(segment.tcp()));
        subflow.payloadArrives(connection, start, start + segment.payloadLength());
    }

    private String leaves(WatchedConnection connection, WatchedSubflow subflow) {
        DataSequenceSignal dss = multipath.dss();
        String wrong = "";
        if (multipath.capableMaps()) {
            subflow.sent.declare(1, 1 + multipath.capable().dataLevelLength(), 1);
        } else if (multipath.has(MptcpOptions.DSS)) {
            if (dss.hasDataAck()) {
                wrong = connection.dataAckLeaves(dss.dataAck(), dss.dataAckIs64(),
                        subflow.windowOfLocal(Tcp.window(segment.tcp())), subflow.mostWindowOfLocal());
            }
            if (dss.hasMapping() && dss.dataLevelLength() > 0) {
                wrong += mappingLeaves(connection, subflow, dss);
            }
        }
        return segment.payloadLength() == 0 ? wrong : wrong + payloadLeaves(connection, subflow);
    }

    private static String mappingLeaves(WatchedConnection connection, WatchedSubflow subflow, DataSequenceSignal dss) {
        long place = connection.leaving(dss.dsn(), dss.dsnIs64());
        int data = dss.dataLevelLength() - (dss.dataFin() ? 1 : 0);
        String wrong = dss.dataFin() ? connection.finLeaves(place + data) : "";
        return data == 0 || subflow.sent.declare(ssn(dss), ssn(dss) + data, place)
                ? wrong
                : wrong + "a mapping of " + ssn(dss) + " to " + place + " after another";
    }

    private String payloadLeaves(WatchedConnection connection, WatchedSubflow subflow) {
        int bytes = segment.payloadLength();
        long start = subflow.ssnOfLocal(Tcp.seq(segment.tcp()));
        var wrong = new StringBuilder(subflow.payloadLeaves(start, bytes));
        if (!subflow.proved) {
            wrong.append("data before the handshake was proved");
        }
        // The place of the SYN is no data's: an answer is asked for with it where nothing else was sent.
        long unmapped = subflow.sent.locate(Math.max(1, start), start + bytes,
                (from, to, place) -> wrong.append(connection.dataLeaves(place, place + to - from)));
        return unmapped == 0 ? wrong.toString() : wrong + " " + unmapped + " bytes without a mapping";
    }

    private static long ssn(DataSequenceSignal dss) {
        return Integer.toUnsignedLong(dss.ssn());
    }
}
