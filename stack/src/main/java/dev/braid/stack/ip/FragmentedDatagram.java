package dev.braid.stack.ip;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/** The fragments of one datagram that have come so far, sorted and without overlap. Pooled by {@link Reassembly}. */
final class FragmentedDatagram {
    private static final int UNKNOWN = -1;
    private static final int NOT_ECT = 0;
    private static final int CE = 3;

    private final @Nullable Frame[] fragments;
    private final int[] offsets;
    private final int[] lengths;
    private int count;
    private int end;
    private int received;
    private int trueSize;
    private int ecnSeen;
    private @Nullable Counter refusal;

    private int device;
    private int scope;
    private int id;
    private int keyProtocol;
    private long srcHi;
    private long srcLo;
    private long dstHi;
    private long dstLo;

    int version;
    int protocol;
    int trafficClass;
    long deadlineNs;
    @Nullable FragmentedDatagram older;
    @Nullable FragmentedDatagram newer;

    FragmentedDatagram(int maxFragments) {
        fragments = new Frame[maxFragments];
        offsets = new int[maxFragments];
        lengths = new int[maxFragments];
    }

    /** The most fragments it can hold. */
    int capacity() {
        return fragments.length;
    }

    void begin(IpHeader header, int id, long deadlineNs) {
        this.id = id;
        this.deadlineNs = deadlineNs;
        version = header.version();
        device = header.device();
        scope = header.scope();
        keyProtocol = keyProtocol(header);
        protocol = header.protocol();
        srcHi = header.srcHi();
        srcLo = header.srcLo();
        dstHi = header.dstHi();
        dstLo = header.dstLo();
        end = UNKNOWN;
        refusal = null;
    }

    /** RFC 791: identification, source, destination and protocol; RFC 8200 leaves the protocol out. */
    boolean isOf(IpHeader header, int id) {
        return this.id == id
                && version == header.version()
                && srcLo == header.srcLo()
                && dstLo == header.dstLo()
                && srcHi == header.srcHi()
                && dstHi == header.dstHi()
                && device == header.device()
                && keyProtocol == keyProtocol(header);
    }

    private static int keyProtocol(IpHeader header) {
        return header.version() == 4 ? header.protocol() : 0;
    }

    /** Writes what all fragments have in common. */
    void describe(IpHeader header) {
        Frame first = fragment(0);
        header.from(device, scope)
                .addresses(version, srcHi, srcLo, dstHi, dstLo)
                .hop(0, trafficClass)
                .carries(protocol, 0, first.transportOffset(), first.length() - first.transportOffset());
    }

    /**
     * Takes a fragment in, or says why not.
     *
     * @return {@code null} when it is taken; {@code dropFragmentDuplicate} when it is here already; any other counter is the
     *     reason to refuse the whole datagram, or the reason why it was refused
     */
    @Nullable
    Counter insert(Frame fragment, int offset, int length, boolean more, IpCounters ip) {
        if (refusal != null) {
            return refusal;
        }
        int at = place(offset);
        if (at > 0 && offsets[at - 1] == offset && lengths[at - 1] == length && more == (end != offset + length)) {
            return same(fragment(at - 1), fragment, length) ? ip.dropFragmentDuplicate : ip.dropFragmentOverlap;
        }
        boolean overlapsBefore = at > 0 && offsets[at - 1] + lengths[at - 1] > offset;
        boolean overlapsBehind = at < count && offset + length > offsets[at];
        if (overlapsBefore || overlapsBehind) {
            return ip.dropFragmentOverlap;
        }
        boolean beyondEnd = end != UNKNOWN && (offset + length > end || !more);
        boolean endInside = !more && count > 0 && offset + length < offsets[count - 1] + lengths[count - 1];
        if (beyondEnd || endInside) {
            return ip.dropFragment;
        }
        if (count == fragments.length) {
            return ip.dropFragmentLimit;
        }
        if (!more) {
            end = offset + length;
        }
        open(at);
        fragments[at] = fragment;
        offsets[at] = offset;
        lengths[at] = length;
        count++;
        received += length;
        trueSize += fragment.trueSize();
        int fragmentClass = trafficClassOf(fragment);
        ecnSeen |= 1 << (fragmentClass & 3);
        if (offset == 0) {
            trafficClass = fragmentClass;
        }
        return null;
    }

    private int trafficClassOf(Frame fragment) {
        return Memory.u16(fragment.data()) >>> (version == 4 ? 0 : 4) & 0xff;
    }

    private static boolean same(Frame one, Frame other, int length) {
        long a = one.data() + one.transportOffset();
        long b = other.data() + other.transportOffset();
        return Memory.segment(a, length).mismatch(Memory.segment(b, length)) < 0;
    }

    /** The index of the first fragment behind {@code offset}; mostly fragments come in order. */
    private int place(int offset) {
        if (count == 0 || offsets[count - 1] <= offset) {
            return count;
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offsets[middle] <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void open(int at) {
        System.arraycopy(fragments, at, fragments, at + 1, count - at);
        System.arraycopy(offsets, at, offsets, at + 1, count - at);
        System.arraycopy(lengths, at, lengths, at + 1, count - at);
    }

    boolean isComplete() {
        return received == end;
    }

    /** Bytes of the whole datagram's data, once it is complete. */
    int length() {
        return end;
    }

    int count() {
        return count;
    }

    int trueSize() {
        return trueSize;
    }

    boolean hasFirst() {
        return count > 0 && offsets[0] == 0;
    }

    Frame fragment(int index) {
        Frame fragment = fragments[index];
        if (fragment == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return fragment;
    }

    void copyTo(long to) {
        for (int i = 0; i < count; i++) {
            Frame fragment = fragment(i);
            Memory.copy(fragment.data() + fragment.transportOffset(), to + offsets[i], lengths[i]);
        }
    }

    /**
     * The ECN field of the datagram (RFC 3168 section 5.3): congestion that one fragment met, the datagram met; fragments that
     * disagree on whether the transport can be told at all make no datagram.
     *
     * @return 0..3, or -1 when the fragments contradict one another
     */
    int ecn() {
        boolean notEct = (ecnSeen & 1 << NOT_ECT) != 0;
        if (notEct) {
            return ecnSeen == 1 << NOT_ECT ? NOT_ECT : -1;
        }
        return (ecnSeen & 1 << CE) != 0 ? CE : trafficClass & 3;
    }

    /** Whether nothing more of this datagram is taken. */
    boolean refused() {
        return refusal != null;
    }

    /** Drops what is here, and whatever will come until the deadline, for this reason. */
    void refuse(Counter reason) {
        reason.add(count);
        clear();
        refusal = reason;
    }

    /** Releases all fragments. */
    void clear() {
        for (int i = 0; i < count; i++) {
            fragment(i).release();
            fragments[i] = null;
        }
        count = 0;
        received = 0;
        trueSize = 0;
        ecnSeen = 0;
        end = UNKNOWN;
    }
}
