package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.mptcp.path.RemoteAddress;

/**
 * What the peer tells about its addresses and priorities, from segments that passed TCP's checks. Called in the middle of input, so it
 * notes and raises events, which path managers hear in the connection's work.
 */
final class AddressArrivals {
    private final MptcpConnection connection;
    private final ConnectionPaths paths;

    AddressArrivals(MptcpConnection connection, ConnectionPaths paths) {
        this.connection = connection;
        this.paths = paths;
    }

    /** Takes whatever options of these kinds a segment has. */
    void input(Subflow on, MptcpOptions options, long nowNs) {
        // "A host wishing to replace an existing Address ID MUST first remove the existing one": that is what both in one segment mean.
        if (options.has(MptcpOptions.REMOVE_ADDR)) {
            for (int i = 0; i < options.addresses().removed(); i++) {
                onRemoval(options.addresses().removedId(i));
            }
        }
        if (options.has(MptcpOptions.ADD_ADDR)) {
            for (int i = 0; i < options.addresses().added(); i++) {
                if (options.addresses().echo(i)) {
                    onEcho(options, i);
                } else {
                    onAnnouncement(on, options, i);
                }
            }
        }
        if (options.has(MptcpOptions.MP_PRIO)) {
            onPriority(on, options.prioBackup(), nowNs);
        }
    }

    private void onEcho(MptcpOptions options, int i) {
        MptcpCounters counters = connection.layer.counters;
        counters.echoAdd.increment();
        if (options.addresses().port(i) != 0) {
            counters.portAdd.increment();
        }
        paths.signals.onEcho(options.addresses().id(i), options.addresses().hi(i), options.addresses().lo(i),
                options.addresses().port(i));
    }

    private void onAnnouncement(Subflow on, MptcpOptions options, int i) {
        MptcpCounters counters = connection.layer.counters;
        IpAddress address = new IpAddress(options.addresses().hi(i), options.addresses().lo(i));
        int id = options.addresses().id(i);
        int port = options.addresses().port(i);
        // "If a host receives an ADD_ADDR option for which it cannot validate the HMAC, it SHOULD silently ignore the option."
        if (paths.expectedHmac(id, address, port) != options.addresses().hmac(i)) {
            counters.addAddrHmacFailure.increment();
            return;
        }
        counters.addAddr.increment();
        if (port != 0) {
            counters.portAdd.increment();
        }
        RemoteAddress told = new RemoteAddress(id, address, port);
        boolean usable = RemoteAddresses.isReachable(address)
                && (id != 0 || address.equals(paths.initialRemote().address()));
        if (!usable || paths.remotes.learn(told) == RemoteAddresses.News.CONFLICT) {
            counters.addAddrDrop.increment();
            return;
        }
        paths.signals.echo(on, id, address, port);
        if (id == 0) {
            paths.initialRemoteReturned();
        }
        paths.report(PathReport.announced(paths, told));
        paths.raise(new PathEvent.AddressAnnounced(told));
    }

    private void onRemoval(int id) {
        connection.layer.counters.rmAddr.increment();
        paths.report(PathReport.removed(paths, id));
        RemoteAddress known = paths.remotes.remove(id);
        if (id == 0) {
            paths.initialRemoteRemoved();
            known = paths.initialRemote();
        }
        for (int i = 0; known == null && i < connection.subflows.size(); i++) {
            Subflow subflow = connection.subflows.get(i);
            if (subflow.remoteId() == id) {
                known = new RemoteAddress(id, subflow.remoteAddress(), 0);
            }
        }
        // "If an Address ID is not known, the receiver will silently ignore the request."
        if (known != null && !paths.raise(new PathEvent.AddressRemoved(known))) {
            connection.layer.counters.rmAddrDrop.increment();
        }
    }

    private void onPriority(Subflow on, boolean backup, long nowNs) {
        connection.layer.counters.mpPrioRx.increment();
        if (on.remoteBackup != backup) {
            on.remoteBackup = backup;
            connection.onUsable(on, nowNs);
        }
        paths.report(PathReport.subflow(PathReport.Type.SF_PRIO, paths, on, null, null));
        paths.raise(new PathEvent.PriorityChanged(on));
    }
}
