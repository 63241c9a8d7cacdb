package dev.braid.stack.script;

import dev.braid.fastpath.wire.Tcp;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Segments in packetdrill's notation: {@code S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>}. */
final class SegText {
    private static final int USUAL_TTL = 64;
    private static final String[] CODEPOINTS = {"[noecn]", "[ect1]", "[ect0]", "[ce]"};

    private SegText() {}

    static String of(Seg segment) {
        var text = new StringBuilder();
        if (segment.ecn != null && segment.ecn != 0) {
            text.append(CODEPOINTS[segment.ecn]).append(' ');
        }
        flag(text, segment, Tcp.FIN, 'F');
        flag(text, segment, Tcp.SYN, 'S');
        flag(text, segment, Tcp.RST, 'R');
        flag(text, segment, Tcp.PSH, 'P');
        flag(text, segment, Tcp.ECE, 'E');
        flag(text, segment, Tcp.CWR, 'W');
        flag(text, segment, Tcp.AE, 'A');
        flag(text, segment, Tcp.ACK, '.');
        flag(text, segment, Tcp.URG, 'U');
        if (text.isEmpty()) {
            text.append('-');
        }
        text.append(' ').append(segment.seq).append(':').append(segment.end);
        text.append('(').append(segment.length()).append(')');
        if (segment.ack != null) {
            text.append(" ack ").append(segment.ack);
        }
        if (segment.win != null) {
            text.append(" win ").append(segment.win);
        }
        if (segment.urgent != null) {
            text.append(" urg ").append(segment.urgent);
        }
        ipField(text, "tos", segment.tos, 0);
        ipField(text, "ttl", segment.ttl, USUAL_TTL);
        String options = options(segment);
        if (!options.isEmpty()) {
            text.append(" <").append(options).append('>');
        }
        if (segment.gso != null && segment.gso != 0) {
            text.append(" gso ").append(segment.gso);
        }
        for (String lacking : segment.lacking) {
            text.append(" without ").append(lacking);
        }
        if (!segment.comment.isEmpty()) {
            text.append("   // ").append(segment.comment);
        }
        return text.toString();
    }

    /** What is as usual needs no words. */
    private static void ipField(StringBuilder text, String name, @Nullable Integer value, int usual) {
        if (value != null && value != usual) {
            text.append(' ').append(name).append(' ').append(value);
        }
    }

    private static void flag(StringBuilder text, Seg segment, int flag, char letter) {
        if (segment.has(flag)) {
            text.append(letter);
        }
    }

    private static String options(Seg segment) {
        var options = new StringJoiner(",");
        if (segment.mss != null) {
            options.add("mss " + segment.mss);
        }
        if (segment.sackOk) {
            options.add("sackOK");
        }
        if (segment.tsVal != null) {
            options.add("TS val " + segment.tsVal + " ecr " + segment.tsEcr);
        } else if (segment.withTs) {
            options.add("TS");
        }
        if (segment.wscale != null) {
            options.add("wscale " + segment.wscale);
        }
        int[] sack = segment.sack;
        if (sack != null) {
            var blocks = new StringJoiner(" ", "sack ", "");
            for (int i = 0; i + 1 < sack.length; i += 2) {
                blocks.add(sack[i] + ":" + sack[i + 1]);
            }
            options.add(blocks.toString());
        }
        segment.extras.forEach(option -> options.add(option.toString()));
        if (segment.rawOptions != null) {
            options.add("raw of " + segment.rawOptions.length + " bytes");
        }
        return options.toString();
    }
}
