package dev.braid.stack.fuzz;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.testing.fuzz.FuzzInput;
import java.util.Arrays;

/** ICMP errors about packets that were really sent, and about some that were not quite. */
final class Quotation {
    private Quotation() {}

    /**
     * An error with the start of this packet in it.
     *
     * @param sent the quoted packet, as it left
     * @param input says type, code, MTU or pointer, how much is quoted, and what is changed in it
     */
    static Frame about(FuzzedCore core, byte[] sent, FuzzInput input) {
        int type = input.u8();
        int code = input.u8();
        int rest = input.u16();
        byte[] quoted = Arrays.copyOf(sent, Math.min(sent.length, 20 + input.u8()));
        for (int changes = input.u8() & 3; changes > 0 && quoted.length > 0; changes--) {
            quoted[input.u8() % quoted.length] = (byte) input.u8();
        }
        boolean v4 = sent.length == 0 || sent[0] >>> 4 == 4;
        int ip = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        Frame frame = core.frame(new byte[ip + Icmpv4.HEADER + quoted.length]);
        if (frame == null) {
            return null;
        }
        long a = frame.data();
        int length = frame.linearLength();
        if (v4) {
            Ipv4.write(a, 0, length, 9, 0, 64, Protocol.ICMP, FuzzedCore.PEER4.ipv4(), FuzzedCore.HOST4.ipv4());
        } else {
            Ipv6.write(a, 0, 0, length - ip, Protocol.ICMPV6, 64, FuzzedCore.PEER6.hi(), FuzzedCore.PEER6.lo(),
                    FuzzedCore.HOST6.hi(), FuzzedCore.HOST6.lo());
        }
        // Mostly the types that say something of a connection: 3 of IPv4, 1 and 2 of IPv6.
        Memory.put8(a + ip, (type & 1) == 0 ? (v4 ? Icmpv4.DESTINATION_UNREACHABLE : 1 + (type >>> 7)) : type >>> 1);
        Memory.put8(a + ip + 1, code & 15);
        Memory.put32(a + ip + 4, rest);
        Memory.copyIn(quoted, 0, a + ip + Icmpv4.HEADER, quoted.length);
        int message = length - ip;
        long pseudo = v4 ? 0 : HeaderChecksum.pseudoHeader(a, Protocol.ICMPV6, message);
        Memory.put16(a + ip + Icmpv4.CHECKSUM_OFFSET, Checksum.finish(Checksum.sum(a + ip, message, pseudo)));
        return frame;
    }
}
