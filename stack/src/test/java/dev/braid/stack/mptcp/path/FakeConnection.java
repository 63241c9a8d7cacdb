package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.TcpFailure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection for path managers: does what is commanded to lists, and tells the manager what follows, as the stack would. */
final class FakeConnection implements PathView, PathCommands {
    static final IpAddress CLIENT = IpAddress.parse("10.0.1.1");
    static final IpAddress CLIENT_2 = IpAddress.parse("10.0.2.1");
    static final IpAddress CLIENT_3 = IpAddress.parse("10.0.3.1");
    static final IpAddress CLIENT_6 = IpAddress.parse("fd01::1");
    static final IpAddress CLIENT_7 = IpAddress.parse("fd02::1");
    static final IpAddress SERVER = IpAddress.parse("10.9.0.1");
    static final IpAddress SERVER_2 = IpAddress.parse("10.9.0.2");
    static final IpAddress SERVER_6 = IpAddress.parse("fd09::1");
    static final int PORT = 80;

    /** A subflow that is nothing but its addresses. */
    static final class FakeSubflow implements PathSubflow {
        final SubflowPlan plan;
        final int number;
        final boolean initiated;
        boolean established;
        /** Its SYN was. */
        boolean answered;

        boolean stale;
        boolean backup;
        boolean yields;
        boolean remoteBackup;
        boolean closing;
        long srttNs = 10_000_000;

        FakeSubflow(SubflowPlan plan, int number, boolean initiated) {
            this.plan = plan;
            this.number = number;
            this.initiated = initiated;
            this.backup = plan.backup();
        }

        @Override
        public IpAddress localAddress() {
            return plan.local().address();
        }

        @Override
        public int localPort() {
            return plan.localPort();
        }

        @Override
        public IpAddress remoteAddress() {
            return plan.remote();
        }

        @Override
        public int remotePort() {
            return plan.remotePort();
        }

        @Override
        public boolean initiated() {
            return initiated;
        }

        @Override
        public boolean established() {
            return established;
        }

        @Override
        public boolean closing() {
            return closing;
        }

        @Override
        public boolean localBackup() {
            return backup;
        }

        @Override
        public boolean remoteBackup() {
            return remoteBackup;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public int localId() {
            return plan.localId();
        }

        @Override
        public int remoteId() {
            return plan.remoteId();
        }

        @Override
        public int link() {
            return plan.local().link();
        }

        @Override
        public boolean usable() {
            return established;
        }

        @Override
        public boolean backup() {
            return backup;
        }

        @Override
        public boolean yields() {
            return yields;
        }

        @Override
        public boolean stale() {
            return stale;
        }

        @Override
        public long srttNs() {
            return established || answered ? srttNs : 0;
        }

        @Override
        public long roundTripNs(long nowNs) {
            return srttNs();
        }

        @Override
        public long rttvarNs() {
            return 0;
        }

        @Override
        public boolean timedOut() {
            return false;
        }

        @Override
        public boolean ready(long nowNs) {
            return true;
        }

        @Override
        public boolean waitsForWindow() {
            return false;
        }

        @Override
        public long outstanding() {
            return 0;
        }

        @Override
        public long rtoNs() {
            return 200_000_000;
        }

        @Override
        public long cwnd() {
            return 14_600;
        }

        @Override
        public long inflight() {
            return 0;
        }

        @Override
        public long queued() {
            return 0;
        }

        @Override
        public long pacingRate() {
            return 0;
        }

        @Override
        public int mss() {
            return 1_460;
        }
    }

    final Endpoints endpoints = new Endpoints();
    final List<FakeSubflow> subflows = new ArrayList<>();
    final List<LocalAddress> locals = new ArrayList<>();
    final List<RemoteAddress> remotes = new ArrayList<>();
    final List<Announcement> announcements = new ArrayList<>();
    /** What was commanded, in words. */
    final List<String> log = new ArrayList<>();

    /** Whose round trips were asked for. */
    final List<Integer> measured = new ArrayList<>();

    final Map<PathDecision, Integer> decisions = new EnumMap<>(PathDecision.class);
    PathManager manager;
    boolean established = true;
    boolean mayOpen = true;
    boolean denied;
    boolean serverSide;
    boolean opens = true;
    long nowNs = 1_000_000_000L;
    long wakeNs = Long.MAX_VALUE;
    long wakeMoved = Long.MAX_VALUE;
    long sent;
    long received;
    long queued;
    private final LocalAddress initialLocal;
    private final RemoteAddress initialRemote;
    private int nextNumber = 1;

    FakeConnection(PathManager manager) {
        this.manager = manager;
        initialLocal = new LocalAddress(CLIENT, 0);
        initialRemote = new RemoteAddress(0, SERVER, PORT);
        locals.add(initialLocal);
        locals.add(new LocalAddress(CLIENT_2, 1));
        FakeSubflow first = new FakeSubflow(new SubflowPlan(initialLocal, 4_000, 0, SERVER, PORT, 0, false), 0, true);
        first.established = true;
        subflows.add(first);
        endpoints.onChange(this::tell);
    }

    void tell(PathEvent event) {
        manager.onEvent(event, this, this, nowNs);
    }

    void begin() {
        tell(new PathEvent.Established());
    }

    Endpoint add(IpAddress address, int flags) {
        return add(address, 0, flags);
    }

    Endpoint add(IpAddress address, int port, int flags) {
        try {
            return endpoints.add(address, port, flags, -1, 0);
        } catch (EndpointException e) {
            throw new AssertionError(e);
        }
    }

    void remove(Endpoint endpoint) {
        try {
            endpoints.remove(endpoint.id());
        } catch (EndpointException e) {
            throw new AssertionError(e);
        }
    }

    void change(Endpoint endpoint, int flags) {
        try {
            endpoints.change(endpoint.id(), flags);
        } catch (EndpointException e) {
            throw new AssertionError(e);
        }
    }

    void announced(int id, IpAddress address, int port) {
        RemoteAddress told = new RemoteAddress(id, address, port);
        remotes.removeIf(r -> r.id() == id);
        remotes.add(told);
        tell(new PathEvent.AddressAnnounced(told));
    }

    void takenBack(int id) {
        RemoteAddress told = remotes.stream()
                .filter(r -> r.id() == id)
                .findFirst()
                .orElse(initialRemote);
        remotes.remove(told);
        denied |= id == 0;
        tell(new PathEvent.AddressRemoved(told));
    }

    void establish(int number) {
        FakeSubflow subflow = get(number);
        subflow.established = true;
        tell(new PathEvent.SubflowEstablished(subflow));
    }

    /** The peer opened a subflow. */
    void join(SubflowPlan plan) {
        subflows.add(new FakeSubflow(plan, nextNumber, false));
        establish(nextNumber++);
    }

    void establishAll() {
        for (int number : new Survey(this).numbers()) {
            if (number != 0 && !get(number).established) {
                establish(number);
            }
        }
    }

    void fail(int number, @Nullable TcpFailure failure) {
        FakeSubflow subflow = get(number);
        subflows.remove(subflow);
        tell(new PathEvent.SubflowClosed(subflow, failure, null));
    }

    void echo(int id) {
        for (int i = 0; i < announcements.size(); i++) {
            Announcement of = announcements.get(i);
            if (of.id() == id) {
                Announcement echoed = new Announcement(id, of.address(), of.port(), true);
                announcements.set(i, echoed);
                tell(new PathEvent.AnnouncementEchoed(echoed));
            }
        }
    }

    /** Lets time pass, waking the manager whenever it asked for that. */
    void pass(long ms) {
        long until = nowNs + ms * 1_000_000L;
        for (int turns = 0; wakeNs <= until; turns++) {
            if (turns > 10_000) {
                throw new AssertionError("the manager wants to be woken again and again");
            }
            nowNs = Math.max(nowNs, wakeNs);
            wakeNs = Long.MAX_VALUE;
            tell(new PathEvent.Woken());
        }
        nowNs = until;
    }

    /** So many bytes come over whichever path, waking the manager whenever it asked for that. */
    void receive(long bytes) {
        received += bytes;
        moved();
    }

    /** So many bytes are given to subflows; {@link #queued} wait behind them. */
    void send(long bytes) {
        sent += bytes;
        moved();
    }

    private void moved() {
        if (sent + received >= wakeMoved) {
            wakeMoved = Long.MAX_VALUE;
            tell(new PathEvent.Woken());
        }
    }

    FakeSubflow get(int number) {
        return subflows.stream().filter(s -> s.number == number).findFirst().orElseThrow();
    }

    FakeSubflow last() {
        return subflows.getLast();
    }

    @Override
    public int open(SubflowPlan plan) {
        log.add("open " + plan.local().address() + "#" + plan.localId() + " > " + plan.remote() + ":"
                + plan.remotePort() + "#" + plan.remoteId() + (plan.backup() ? " backup" : ""));
        if (!opens) {
            return -1;
        }
        subflows.add(new FakeSubflow(plan, nextNumber, true));
        return nextNumber++;
    }

    @Override
    public void close(int subflow) {
        log.add("close " + subflow);
        subflows.removeIf(s -> s.number == subflow);
    }

    @Override
    public void reset(int subflow, int reason) {
        log.add("reset " + subflow);
        subflows.removeIf(s -> s.number == subflow);
    }

    @Override
    public void suspect(int subflow) {
        log.add("suspect " + subflow);
        get(subflow).stale = true;
    }

    @Override
    public void measure(int subflow) {
        measured.add(subflow);
    }

    @Override
    public boolean announce(int id, IpAddress address, int port) {
        log.add("announce " + id + " " + address + (port == 0 ? "" : " port " + port));
        announcements.removeIf(a -> a.id() == id);
        announcements.add(new Announcement(id, address, port, false));
        return true;
    }

    @Override
    public void withdraw(int... ids) {
        for (int id : ids) {
            log.add("withdraw " + id);
            announcements.removeIf(a -> a.id() == id);
        }
    }

    @Override
    public void priority(int subflow, boolean backup) {
        log.add("priority " + subflow + (backup ? " backup" : " regular"));
        get(subflow).backup = backup;
        get(subflow).yields = false;
    }

    @Override
    public void overflow(int subflow) {
        log.add("overflow " + subflow);
        get(subflow).backup = false;
        get(subflow).yields = true;
    }

    @Override
    public void wakeAt(long deadlineNs) {
        wakeNs = deadlineNs;
    }

    @Override
    public void wakeAtMoved(long bytes) {
        wakeMoved = bytes;
    }

    @Override
    public void decided(PathDecision decision, int subflow) {
        decisions.merge(decision, 1, Integer::sum);
    }

    @Override
    public int token() {
        return 7;
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
        return established && mayOpen;
    }

    @Override
    public boolean remoteDeniesInitialAddress() {
        return denied;
    }

    @Override
    public long sent() {
        return sent;
    }

    @Override
    public long received() {
        return received;
    }

    @Override
    public long queued() {
        return queued;
    }

    @Override
    public int subflows() {
        return subflows.size();
    }

    @Override
    public PathSubflow subflow(int index) {
        return subflows.get(index);
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
        return List.copyOf(remotes);
    }

    @Override
    public List<Announcement> announcements() {
        return List.copyOf(announcements);
    }

    @Override
    public List<LocalAddress> localAddresses() {
        return List.copyOf(locals);
    }

    @Override
    public Endpoints endpoints() {
        return endpoints;
    }

    @Override
    public int localId(LocalAddress address) {
        return address.address().equals(CLIENT) ? 0 : endpoints.idOf(address.address(), 0, address.link());
    }
}
