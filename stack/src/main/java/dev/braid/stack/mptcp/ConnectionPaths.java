package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.Announcement;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathManager;
import dev.braid.stack.mptcp.path.PathManagers;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.mptcp.path.PathSubflow;
import dev.braid.stack.mptcp.path.PathView;
import dev.braid.stack.mptcp.path.RemoteAddress;
import dev.braid.stack.tcp.TcpFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses and path managers of one connection. What happens is noted as an event where it happens, in the middle of inputs too;
 * the managers hear of it in the connection's work and answer with commands. Core thread only.
 */
final class ConnectionPaths implements PathView {
    /** Events that one turn of work delivers: managers whose commands bring up new events for ever must not hold up the core. */
    private static final int MOST_EVENTS = 1_000;

    /** Events and reports that may wait for the proof of Multipath TCP: a peer may say things first. */
    private static final int MOST_EARLY = 100;

    final AddressSignals signals;
    final AddressArrivals arrivals;
    final RemoteAddresses remotes = new RemoteAddresses();
    private final MptcpConnection connection;
    private final List<ManagedPaths> managers = new ArrayList<>(1);
    /** The names that they were chosen by, also those that nobody knew. */
    private List<String> chosen = List.of();
    private final ArrayDeque<PathEvent> events = new ArrayDeque<>();
    private final List<PathReport> early = new ArrayList<>(0);
    private int token;
    private LocalAddress initialLocal = new LocalAddress(IpAddress.ANY_IPV6, -1);
    private RemoteAddress initialRemote = new RemoteAddress(0, IpAddress.ANY_IPV6, 0);
    private boolean serverSide;
    private boolean denied;
    private boolean initialRemoved;
    private boolean established;
    /** A DSS came, or MP_CAPABLE in its place. */
    private boolean dssHeard;
    private boolean closed;
    private boolean over;

    ConnectionPaths(MptcpConnection connection) {
        this.connection = connection;
        this.signals = new AddressSignals(connection, this);
        this.arrivals = new AddressArrivals(connection, this);
    }

    // What the connection's life tells.

    /**
     * Both ends have proved that they speak Multipath TCP, on the first subflow.
     *
     * @param token this end's, which people name the connection by
     * @param denied whether the peer set flag C
     */
    void onEstablished(
            Subflow first, int token, boolean serverSide, boolean denied) {
        if (established || over) {
            return;
        }
        this.token = token;
        this.serverSide = serverSide;
        this.denied = denied;
        begin(first);
        established = true;
        report(PathReport.begun(PathReport.Type.CREATED, this, first.localPort()));
        report(PathReport.begun(PathReport.Type.ESTABLISHED, this, first.localPort()));
        early.forEach(this::report);
        early.clear();
        String own = connection.own.pathManagers;
        employ(own == null ? connection.layer.config.pathManagers : own);
        // What the peer told before this end was sure of it waits behind.
        events.addFirst(new PathEvent.Established());
        connection.layer.touch(connection);
    }

    /**
     * A DSS came, or MP_CAPABLE in its place: "new subflows MUST NOT be established ... until a DSS option has been successfully received
     * across the path" (RFC 8684 section 3.1). The end that was connected to knows of Multipath TCP before, by the third packet, but the
     * other one may not, and would refuse.
     */
    void onDss() {
        if (!dssHeard) {
            dssHeard = true;
            if (established && serverSide) {
                raise(new PathEvent.MayOpen());
            }
        }
    }

    /** The first subflow's addresses are known: those with identifier 0. */
    private void begin(Subflow first) {
        initialLocal = new LocalAddress(first.localAddress(), first.link());
        initialRemote = new RemoteAddress(0, first.remoteAddress(), first.remotePort());
    }

    /** An added subflow is usable. */
    void onSubflowEstablished(Subflow subflow) {
        signals.onUsed(subflow.localId());
        report(PathReport.subflow(PathReport.Type.SF_ESTABLISHED, this, subflow, null, null));
        raise(new PathEvent.SubflowEstablished(subflow));
    }

    /** A subflow is gone, or could not be opened; it is in the connection's list no more when the event is heard. */
    void onSubflowClosed(Subflow subflow, @Nullable TcpFailure failure) {
        signals.onSubflowGone(subflow);
        if (subflow.established()) {
            report(PathReport.subflow(PathReport.Type.SF_CLOSED, this, subflow, failure, subflow.resetReceived));
        }
        raise(new PathEvent.SubflowClosed(subflow, failure, subflow.resetReceived));
    }

    /** The connection is gone. */
    void onClosed() {
        if (token != 0 && !closed) {
            closed = true;
            report(PathReport.closed(this));
        }
        onNoMorePaths();
    }

    /** A fallback, or the end: no more subflows, no more signals. */
    void onNoMorePaths() {
        over = true;
        established = false;
        events.clear();
        managers.clear();
        connection.counts.noticeAt = Long.MAX_VALUE;
    }

    /** For people and programs that watch; nothing happens where nobody does. */
    void report(PathReport report) {
        if (established || closed) {
            connection.layer.hostPaths.report(report);
        } else if (early.size() < MOST_EARLY) {
            early.add(report);
        }
    }

    /**
     * Something for the managers; heard in the next work.
     *
     * @return whether it will be: not once there are no more paths, nor beyond what may wait for the proof of Multipath TCP
     */
    boolean raise(PathEvent event) {
        boolean heard = !over && (established || events.size() < MOST_EARLY);
        if (heard) {
            events.add(event);
            connection.layer.touch(connection);
        }
        return heard;
    }

    /** Replaces the managers of a connection that may run already; names as in {@code net.mptcp.path_manager}. */
    void replaceManagers(String names) {
        managers.clear();
        if (established) {
            employ(names);
            raise(new PathEvent.Attached());
        }
    }

    /** The same, unless those are in force: they would lose what they remember. */
    void chooseManagers(String names) {
        if (!PathManagers.split(names).equals(chosen)) {
            replaceManagers(names);
        }
    }

    private void employ(String names) {
        chosen = PathManagers.split(names);
        for (PathManager manager : connection.layer.pathManagers(names)) {
            managers.add(new ManagedPaths(connection, this, manager));
        }
    }

    /** What the managers are called, in their order. */
    List<String> managerNames() {
        return managers.stream().map(managed -> managed.manager.name()).toList();
    }

    // Incoming joins.

    /** Whether the limits let the peer add a subflow, those that are still to be proved counted. */
    boolean mayJoin() {
        return joined(null) < endpoints().limits().subflows();
    }

    /**
     * Whether they do when only proved ones are counted: what is not may be anybody's who saw the token.
     *
     * @param proves the one that is being proved now
     */
    boolean mayProve(@Nullable Subflow proves) {
        int unproved = 0;
        for (Subflow subflow : connection.subflows) {
            boolean waits = !subflow.initiated() && subflow.handshake instanceof JoinHandshake;
            unproved += waits && subflow != proves && !subflow.closing() ? 1 : 0;
        }
        return joined(proves) - unproved < endpoints().limits().subflows();
    }

    private int joined(@Nullable Subflow but) {
        int joined = 0;
        for (Subflow subflow : connection.subflows) {
            joined += subflow != but && subflow.number() != 0 && !subflow.closing() ? 1 : 0;
        }
        return joined;
    }

    /** The identifier of the local end of a subflow; 0 also when none is left. */
    int localIdOf(long hi, long lo, int port) {
        return localId(new LocalAddress(new IpAddress(hi, lo), -1), port);
    }

    /** Whether this end announced the address with exactly this port. */
    boolean isAnnounced(long hi, long lo, int port) {
        for (Announcement announcement : signals.announcements()) {
            if (announcement.port() == port
                    && announcement.address().hi() == hi
                    && announcement.address().lo() == lo) {
                return true;
            }
        }
        return false;
    }

    /** Whether a subflow with this local end is to be a backup: its endpoint says so. */
    boolean isBackup(long hi, long lo, int port) {
        return endpoints().of(new IpAddress(hi, lo), port)
                .map(endpoint -> endpoint.has(Endpoint.BACKUP))
                .orElse(false);
    }

    // In the connection's work.

    /** Tells the managers what happened, has their commands done, and sends what is to be said. */
    void work(long nowNs) {
        if (!established) {
            return;
        }
        for (int left = MOST_EVENTS; left > 0; left--) {
            PathEvent event = events.poll();
            if (event == null) {
                break;
            }
            // A copy: a manager may be replaced by what another one does.
            for (ManagedPaths managed : List.copyOf(managers)) {
                managed.tell(event, nowNs);
            }
        }
        // By index, here and in all that every work does: data must not cost an iterator.
        long noticeAt = Long.MAX_VALUE;
        for (int i = 0; i < managers.size(); i++) {
            ManagedPaths managed = managers.get(i);
            managed.wake(nowNs);
            noticeAt = Math.min(noticeAt, managed.wakeMoved());
        }
        connection.counts.noticeAt = noticeAt;
        signals.work(nowNs);
        if (!events.isEmpty()) {
            connection.layer.touch(connection);
        }
    }

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        long next = established ? signals.deadlineNs() : Deadlines.NONE;
        for (int i = 0; i < managers.size(); i++) {
            next = Math.min(next, managers.get(i).wakeNs());
        }
        return next;
    }

    // HMACs.

    /** The truncated HMAC of an ADD_ADDR of this end's. */
    long announcementHmac(AnnouncedAddress own) {
        Keys keys = connection.layer.keys;
        keys.addAddress(connection.localKey, connection.remoteKey, own.id, own.address.hi(), own.address.lo(),
                own.port);
        return keys.rightmost64();
    }

    /** The truncated HMAC that an ADD_ADDR of the peer's has if it is the peer's. */
    long expectedHmac(int id, IpAddress address, int port) {
        Keys keys = connection.layer.keys;
        keys.addAddress(connection.remoteKey, connection.localKey, id, address.hi(), address.lo(), port);
        return keys.rightmost64();
    }

    // What managers see.

    void initialRemoteRemoved() {
        initialRemoved = true;
    }

    void initialRemoteReturned() {
        initialRemoved = false;
    }

    @Override
    public int token() {
        return token;
    }

    @Override
    public boolean serverSide() {
        return serverSide;
    }

    @Override
    public boolean established() {
        return established;
    }

    @Override
    public boolean mayOpen() {
        return established && (dssHeard || !serverSide);
    }

    @Override
    public boolean remoteDeniesInitialAddress() {
        return denied || initialRemoved;
    }

    @Override
    public long sent() {
        return connection.counts.bytesSent;
    }

    @Override
    public long received() {
        return connection.counts.bytesReceived;
    }

    @Override
    public long queued() {
        return connection.sender.queued();
    }

    @Override
    public int subflows() {
        return connection.subflows.size();
    }

    @Override
    public PathSubflow subflow(int index) {
        return connection.subflows.get(index);
    }

    @Override
    public RemoteAddress initialRemote() {
        return initialRemote;
    }

    @Override
    public LocalAddress initialLocal() {
        return initialLocal;
    }

    @Override
    public List<RemoteAddress> remoteAddresses() {
        return remotes.all();
    }

    @Override
    public List<Announcement> announcements() {
        return signals.announcements();
    }

    @Override
    public List<LocalAddress> localAddresses() {
        return connection.layer.hostPaths.localAddresses();
    }

    @Override
    public Endpoints endpoints() {
        return connection.layer.hostPaths.endpoints();
    }

    @Override
    public int localId(LocalAddress address) {
        return localId(address, 0);
    }

    private int localId(LocalAddress address, int port) {
        return address.address().equals(initialLocal.address())
                ? 0
                : endpoints().idOf(address.address(), port, address.link());
    }
}
