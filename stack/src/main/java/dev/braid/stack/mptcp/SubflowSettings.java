package dev.braid.stack.mptcp;

import dev.braid.stack.tcp.TcpSettings;

/**
 * What of a connection's settings its subflows have. Each subflow's TCB has settings of its own, so that what the connection does
 * itself (Nagle's algorithm, the cork, how much may wait to be sent, the user timeout) is not done a second time below it.
 */
final class SubflowSettings {
    private SubflowSettings() {}

    /** The settings of a subflow that begins now. */
    static TcpSettings of(TcpSettings connection) {
        var made = new TcpSettings();
        refresh(connection, made);
        return made;
    }

    /** The connection's settings changed: a subflow follows in what is a subflow's. */
    static void refresh(TcpSettings connection, TcpSettings subflow) {
        // What a subflow was given is to leave: whether it may wait was the connection's decision.
        subflow.noDelay = true;
        subflow.cork = false;
        subflow.congestionControl = connection.congestionControl;
        subflow.quickAck = connection.quickAck;
        subflow.keepAlive = connection.keepAlive;
        subflow.keepIdleNs = connection.keepIdleNs;
        subflow.keepIntervalNs = connection.keepIntervalNs;
        subflow.keepCount = connection.keepCount;
        subflow.finWait2Ns = connection.finWait2Ns;
        subflow.synRetries = connection.synRetries;
        // Decides how far windows can be scaled (RFC 7323 section 2.3); the window itself is the connection's.
        subflow.receiveBuffer = connection.receiveBuffer;
        subflow.maxSegment = connection.maxSegment;
        subflow.ttl = connection.ttl;
        subflow.trafficClass = connection.trafficClass;
    }
}
