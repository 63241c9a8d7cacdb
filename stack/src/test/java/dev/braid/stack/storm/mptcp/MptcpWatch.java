package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.LinkTap.Fate;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.script.mptcp.OptionText;
import java.util.List;
import java.util.Locale;

/** Writes down what passes each way, in packetdrill's notation, with MPTCP's options as the scripts' codec reads them. */
final class MptcpWatch {
    private final List<String> journal;
    private final boolean journals;
    private final TcpOptions options = new TcpOptions();

    MptcpWatch(List<String> journal, boolean journals) {
        this.journal = journal;
        this.journals = journals;
    }

    /** Looks at both directions of a way, and tells the client's watch what arrives. */
    void way(SimPort client, DataWatch data) {
        if (journals) {
            client.out().tap(this::onFate);
        }
        client.in().tap((link, frame, fate, nowNs) -> {
            if (journals) {
                onFate(link, frame, fate, nowNs);
            }
            if (fate == Fate.ARRIVED) {
                data.arrives(frame);
            }
        });
    }

    /** Tells a host's watch what arrives at one of its ports. */
    static void arrivals(SimPort port, DataWatch data) {
        port.in().tap((link, frame, fate, nowNs) -> {
            if (fate == Fate.ARRIVED) {
                data.arrives(frame);
            }
        });
    }

    private void onFate(SimLink link, Frame frame, Fate fate, long nowNs) {
        long ip = frame.data();
        boolean v4 = Ipv4.version(ip) == 4;
        int header = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        int protocol = v4 ? Ipv4.protocol(ip) : Ipv6.nextHeader(ip);
        String what = protocol == Protocol.TCP && fate != Fate.CORRUPTED
                ? text(ip + header, frame.length() - header)
                : "protocol " + protocol + ", " + frame.length() + " bytes";
        journal.add(String.format(Locale.ROOT, "%12.6f %-22s %-10s %s", nowNs / 1e9, link.name(), fate, what));
    }

    private String text(long tcp, int length) {
        int header = Tcp.dataOffset(tcp);
        int flags = Tcp.flags(tcp);
        var letters = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            if ((flags & 1 << i) != 0) {
                letters.append("FSRP.".charAt(i));
            }
        }
        var text = new StringBuilder("%d>%d %s %08x(%d) ack %08x win %d".formatted(
                Tcp.srcPort(tcp), Tcp.dstPort(tcp), letters, Tcp.seq(tcp), length - header, Tcp.ack(tcp),
                Tcp.window(tcp)));
        OptionSink sink = (kind, address, bytes) -> text.append(" <")
                .append(OptionText.of(kind, address, bytes, (flags & Tcp.SYN) != 0, (flags & Tcp.ACK) != 0))
                .append('>');
        options.parse(tcp + Tcp.MIN_HEADER, header - Tcp.MIN_HEADER, sink);
        for (int i = 0; options.has(TcpOptions.SACK) && i < options.sackBlocks(); i++) {
            text.append(" sack %08x:%08x".formatted(options.sackLeft(i), options.sackRight(i)));
        }
        return text.toString();
    }
}
