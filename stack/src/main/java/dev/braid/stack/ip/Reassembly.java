package dev.braid.stack.ip;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.timer.TimerWheel;
import dev.braid.stack.timer.WheelEntry;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragmented datagrams together (RFC 791 section 3.2, RFC 815, RFC 8200 section 4.5) within bounds on memory, datagrams,
 * fragments of one datagram, and time.
 *
 * <p>Where fragments overlap, the whole datagram is discarded, for IPv4 as for IPv6 (RFC 5722), and what still comes of it
 * too. RFC 815's hole list needs a 64 KiB buffer per datagram from its first byte on; here the fragments stay in the slots
 * they came in, sorted, and are copied once when the last has come. As none overlap, they are complete when their lengths add
 * up. When memory or datagrams run out, the oldest datagram makes room.
 */
public final class Reassembly {
    private final CoreConfig config;
    private final FramePool frames;
    private final CoreCounters counters;
    private final TimerWheel wheel;
    private final IpUser user;
    private final WheelEntry deadline = new WheelEntry(this::onDeadline);
    private final IpHeader timeoutHeader = new IpHeader();

    // All datagrams in order of their first fragment's arrival, which is the order of their deadlines.
    private @Nullable FragmentedDatagram oldest;
    private @Nullable FragmentedDatagram newest;
    private @Nullable FragmentedDatagram free;
    private int datagrams;
    private int trueSize;

    // What the last completed datagram was.
    private int headerLength;
    private int protocol;
    private int trafficClass;

    Reassembly(CoreConfig config, FramePool frames, CoreCounters counters, TimerWheel wheel, IpUser user) {
        this.config = config;
        this.frames = frames;
        this.counters = counters;
        this.wheel = wheel;
        this.user = user;
    }

    /** Incomplete datagrams. */
    public int datagrams() {
        return datagrams;
    }

    /** Bytes of memory that fragments pin. */
    public int trueSize() {
        return trueSize;
    }

    /** Lets go of everything. */
    public void close() {
        wheel.cancel(deadline);
        FragmentedDatagram datagram = oldest;
        while (datagram != null) {
            discard(datagram, counters.dropClosed);
            datagram = oldest;
        }
    }

    /** Bytes of the last completed datagram's IP header: that of its first fragment, for IPv6 without extensions. */
    int headerLength() {
        return headerLength;
    }

    /** Protocol behind the last completed datagram's header. */
    int protocol() {
        return protocol;
    }

    /** Traffic class of the last completed datagram, with the ECN field that RFC 3168 section 5.3 makes of the fragments'. */
    int trafficClass() {
        return trafficClass;
    }

    /** The least bytes of transport header that a first fragment must have of this protocol. */
    static int leastTransportHeader(int protocol) {
        return switch (protocol) {
            case Protocol.TCP -> Tcp.MIN_HEADER;
            case Protocol.UDP -> Udp.HEADER;
            case Protocol.ICMP, Protocol.ICMPV6 -> 8;
            default -> 0;
        };
    }

    /**
     * Takes a fragment over.
     *
     * @param header of the fragment; its {@code headerLength} is where the fragment's data starts
     * @param id its identification
     * @param offset where its data lies in the datagram, bytes
     * @param more whether others follow behind it
     * @return a frame that begins with the first fragment's IP header (IPv6: its fixed header), lengths, protocol and checksum
     *     to be mended, and then the datagram's data; the caller's. {@code null} while pieces are missing
     */
    @Nullable
    Frame add(Frame fragment, IpHeader header, int id, int offset, boolean more, long nowNs) {
        IpCounters ip = counters.ip(header.version());
        ip.reasmReqds.increment();
        Counter refusal = refusal(fragment, header, ip, offset, more);
        if (refusal != null) {
            fragment.drop(refusal);
            return null;
        }
        FragmentedDatagram datagram = find(header, id);
        if (datagram == null) {
            datagram = begin(header, id, nowNs);
        }
        fragment.transportOffset(header.headerLength());
        Counter objection = datagram.insert(fragment, offset, header.transportLength(), more, ip);
        if (objection == ip.dropFragmentDuplicate || (objection != null && datagram.refused())) {
            fragment.drop(objection);
            return null;
        }
        if (objection != null) {
            ip.reasmFails.increment();
            refuseFromNowOn(datagram, objection);
            fragment.drop(objection);
            return null;
        }
        trueSize += fragment.trueSize();
        if (offset == 0) {
            datagram.protocol = header.protocol();
        }
        if (datagram.isComplete()) {
            return complete(datagram, ip);
        }
        FragmentedDatagram eldest = oldest;
        while (trueSize > config.ipFragHighThresh && eldest != null) {
            giveUp(eldest, counters.ip(eldest.version));
            eldest = oldest;
        }
        return null;
    }

    private @Nullable Counter refusal(Frame fragment, IpHeader header, IpCounters ip, int offset, boolean more) {
        int length = header.transportLength();
        boolean v4 = header.version() == 4;
        if (fragment.gsoType() != Frame.GSO_NONE || fragment.checksumState() == Frame.CHECKSUM_PARTIAL) {
            ip.inHdrErrors.increment();
            return ip.dropOffload;
        }
        int most = v4 ? Ipv4.MAX_PACKET - header.headerLength() : Ipv6.MAX_PAYLOAD;
        if (length == 0 || (more && (length & 7) != 0) || offset + length > most) {
            ip.inHdrErrors.increment();
            return ip.dropFragment;
        }
        if (offset == 0) {
            long data = fragment.require(header.headerLength(), length);
            int least = v4
                    ? leastTransportHeader(header.protocol())
                    : Ipv6Input.headerChain(data, length, header.protocol());
            if (length < least) {
                ip.inHdrErrors.increment();
                return ip.dropTinyFragment;
            }
        }
        return null;
    }

    // A linear search: there are few datagrams, their number is bounded, and a hash would have to be keyed.
    private @Nullable FragmentedDatagram find(IpHeader header, int id) {
        for (FragmentedDatagram datagram = newest; datagram != null; datagram = datagram.older) {
            if (datagram.isOf(header, id)) {
                return datagram;
            }
        }
        return null;
    }

    private FragmentedDatagram begin(IpHeader header, int id, long nowNs) {
        FragmentedDatagram eldest = oldest;
        while (datagrams >= config.ipFragMaxDatagrams && eldest != null) {
            giveUp(eldest, counters.ip(eldest.version));
            eldest = oldest;
        }
        FragmentedDatagram datagram = free;
        if (datagram == null || datagram.capacity() != config.ipFragMaxFragments) {
            free = null; // those that are left have another size too
            datagram = new FragmentedDatagram(config.ipFragMaxFragments);
        } else {
            free = datagram.older;
        }
        datagram.begin(header, id, nowNs + config.ipFragTimeNs);
        datagram.older = newest;
        datagram.newer = null;
        if (newest == null) {
            oldest = datagram;
            wheel.schedule(deadline, datagram.deadlineNs);
        } else {
            newest.newer = datagram;
        }
        newest = datagram;
        datagrams++;
        return datagram;
    }

    private @Nullable Frame complete(FragmentedDatagram datagram, IpCounters ip) {
        Frame first = datagram.fragment(0);
        long arrivalNs = first.arrivalNs();
        boolean v4 = datagram.version == 4;
        int header = v4 ? first.transportOffset() : Ipv6.HEADER;
        int ecn = datagram.ecn();
        boolean fits = !v4 || header + datagram.length() <= Ipv4.MAX_PACKET;
        if (ecn < 0 || !fits) {
            ip.reasmFails.increment();
            discard(datagram, fits ? ip.dropFragmentEcn : ip.dropFragment);
            return null;
        }
        Frame whole = frames.take(header + datagram.length());
        if (whole == null) {
            ip.reasmFails.increment();
            ip.inDiscards.increment();
            discard(datagram, ip.dropNoFrame);
            return null;
        }
        // The header lies in the headroom: an IPv6 packet may have 65,575 bytes, more than a slot has behind it.
        whole.pushFront(header);
        whole.resize(header + datagram.length());
        Memory.copy(first.data(), whole.data(), header);
        datagram.copyTo(whole.data() + header);
        whole.device(first.device()).arrivalNs(arrivalNs);
        headerLength = header;
        protocol = datagram.protocol;
        trafficClass = (datagram.trafficClass & ~3) | ecn;
        ip.reasmOks.increment();
        release(datagram);
        return whole;
    }

    private void onDeadline(long nowNs) {
        FragmentedDatagram datagram = oldest;
        try {
            while (datagram != null && datagram.deadlineNs <= nowNs) {
                timeOut(datagram, nowNs);
                datagram = oldest;
            }
        } finally {
            datagram = oldest;
            wheel.schedule(deadline, datagram == null ? Deadlines.NONE : datagram.deadlineNs);
        }
    }

    private void timeOut(FragmentedDatagram datagram, long nowNs) {
        IpCounters ip = counters.ip(datagram.version);
        try {
            if (!datagram.refused()) {
                ip.reasmTimeout.increment();
                ip.reasmFails.increment();
                if (datagram.hasFirst()) {
                    datagram.describe(timeoutHeader);
                    user.onReassemblyTimeout(datagram.fragment(0), timeoutHeader, nowNs);
                }
            }
        } finally {
            discard(datagram, ip.dropFragmentTimeout);
        }
    }

    private void giveUp(FragmentedDatagram datagram, IpCounters ip) {
        if (!datagram.refused()) {
            ip.reasmFails.increment();
        }
        discard(datagram, ip.dropFragmentLimit);
    }

    private void refuseFromNowOn(FragmentedDatagram datagram, Counter reason) {
        trueSize -= datagram.trueSize();
        datagram.refuse(reason);
    }

    private void discard(FragmentedDatagram datagram, Counter reason) {
        reason.add(datagram.count());
        release(datagram);
    }

    private void release(FragmentedDatagram datagram) {
        trueSize -= datagram.trueSize();
        datagram.clear();
        if (datagram.older == null) {
            oldest = datagram.newer;
        } else {
            datagram.older.newer = datagram.newer;
        }
        if (datagram.newer == null) {
            newest = datagram.older;
        } else {
            datagram.newer.older = datagram.older;
        }
        datagrams--;
        datagram.newer = null;
        datagram.older = free;
        free = datagram;
    }
}
