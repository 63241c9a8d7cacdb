package dev.braid.stack.storm;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.LinkTap;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Watches one direction of the wire as packets leave: no window ever shrinks (RFC 9293 section 3.8.6), and nothing is sent
 * beyond what the peer has ever offered but a probe of one byte. Keeps a journal if asked to.
 */
final class WireWatch implements LinkTap {
    /** One connection as this direction shows it. */
    private static final class Sender {
        int isn;
        int shift = -1;
        boolean opened;
        int edge;
        boolean hasEdge;
    }

    private final Map<Long, Sender> senders = new HashMap<>();
    private final TcpOptions options = new TcpOptions();
    private final List<String> journal;
    private final boolean journals;
    private WireWatch other;
    String complaint = "";

    WireWatch(List<String> journal, boolean journals) {
        this.journal = journal;
        this.journals = journals;
    }

    void facing(WireWatch reverse) {
        other = reverse;
    }

    @Override
    public void onFate(SimLink link, Frame frame, Fate fate, long nowNs) {
        long ip = frame.data();
        boolean v4 = Ipv4.version(ip) == 4;
        if (fate == Fate.ARRIVED) {
            return;
        }
        int protocol = v4 ? Ipv4.protocol(ip) : Ipv6.nextHeader(ip);
        int header = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        if (protocol != Protocol.TCP || (fate == Fate.CORRUPTED && isDamaged(frame, v4, header))) {
            note(nowNs, link, fate, "protocol " + protocol + ", " + frame.length() + " bytes");
            return;
        }
        long tcp = ip + header;
        int payload = frame.length() - header - Tcp.dataOffset(tcp);
        Sender sender = senders.computeIfAbsent(key(Tcp.srcPort(tcp), Tcp.dstPort(tcp)), key -> new Sender());
        Sender peer = other.senders.computeIfAbsent(key(Tcp.dstPort(tcp), Tcp.srcPort(tcp)), key -> new Sender());
        learn(sender, tcp);
        if (journals) {
            note(nowNs, link, fate, text(sender, peer, tcp, payload));
        }
        check(sender, peer, tcp, payload);
    }

    /** A bit flipped where no checksum looks, as in an IPv6 hop limit, leaves a packet that counts. */
    private static boolean isDamaged(Frame frame, boolean v4, int header) {
        long ip = frame.data();
        int length = frame.length() - header;
        boolean ipIntact = v4 ? HeaderChecksum.verifyIpv4(ip) : Ipv6.payloadLength(ip) == length;
        return !ipIntact
                || !HeaderChecksum.verifyTcp(ip + header, length,
                        HeaderChecksum.pseudoHeader(ip, Protocol.TCP, length));
    }

    private static long key(int from, int to) {
        return (long) from << 32 | to;
    }

    private void learn(Sender sender, long tcp) {
        if ((Tcp.flags(tcp) & Tcp.SYN) == 0) {
            return;
        }
        if (!sender.opened || sender.isn != Tcp.seq(tcp)) {
            sender.opened = true;
            sender.isn = Tcp.seq(tcp);
            sender.hasEdge = false;
        }
        options.parse(tcp + Tcp.MIN_HEADER, Tcp.dataOffset(tcp) - Tcp.MIN_HEADER, OptionSink.IGNORE);
        sender.shift = options.has(TcpOptions.WINDOW_SCALE) ? options.windowScale() : -1;
    }

    private void check(Sender sender, Sender peer, long tcp, int payload) {
        int flags = Tcp.flags(tcp);
        if ((flags & Tcp.RST) != 0 || (flags & Tcp.ACK) == 0 || !sender.opened) {
            return;
        }
        boolean scaled = (flags & Tcp.SYN) == 0 && sender.shift >= 0 && peer.shift >= 0;
        int edge = Tcp.ack(tcp) + (Tcp.window(tcp) << (scaled ? sender.shift : 0));
        if (sender.hasEdge && Seq.lessThan(edge, sender.edge)) {
            complain("the window shrank by " + (sender.edge - edge) + " bytes: " + text(sender, peer, tcp, payload));
        }
        sender.edge = edge;
        sender.hasEdge = true;
        int last = Tcp.seq(tcp) + payload;
        if (payload > 1 && peer.hasEdge && Seq.lessThan(peer.edge, last)) {
            complain("sent " + (last - peer.edge) + " bytes beyond the window: " + text(sender, peer, tcp, payload));
        }
    }

    private void complain(String what) {
        if (complaint.isEmpty()) {
            complaint = what;
        }
    }

    private String text(Sender sender, Sender peer, long tcp, int payload) {
        int seq = Tcp.seq(tcp) - sender.isn;
        int flags = Tcp.flags(tcp);
        String letters = ((flags & Tcp.SYN) != 0 ? "S" : "") + ((flags & Tcp.FIN) != 0 ? "F" : "")
                + ((flags & Tcp.RST) != 0 ? "R" : "") + ((flags & Tcp.PSH) != 0 ? "P" : "")
                + ((flags & Tcp.ACK) != 0 ? "." : "");
        int window = Tcp
                .window(tcp) << (sender.shift >= 0 && peer.shift >= 0 && (flags & Tcp.SYN) == 0 ? sender.shift : 0);
        return "%d>%d %s %d:%d(%d) ack %d win %d%s".formatted(
                Tcp.srcPort(tcp), Tcp.dstPort(tcp), letters, seq, seq + payload, payload, Tcp.ack(tcp) - peer.isn,
                window, sack(tcp, peer));
    }

    private String sack(long tcp, Sender peer) {
        options.parse(tcp + Tcp.MIN_HEADER, Tcp.dataOffset(tcp) - Tcp.MIN_HEADER, OptionSink.IGNORE);
        var text = new StringBuilder();
        for (int i = 0; options.has(TcpOptions.SACK) && i < options.sackBlocks(); i++) {
            text.append(i == 0 ? " sack " : " ");
            text.append(options.sackLeft(i) - peer.isn).append(':').append(options.sackRight(i) - peer.isn);
        }
        return text.toString();
    }

    private void note(long nowNs, SimLink link, Fate fate, String what) {
        if (journals) {
            journal.add(String.format(Locale.ROOT, "%12.6f %-14s %-10s %s", nowNs / 1e9, link.name(), fate, what));
        }
    }
}
