package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.testing.fuzz.FuzzInput;
import java.nio.ByteBuffer;

/** Any bytes where a name server's message is expected: no answer, or one within its bounds. */
public final class DnsMessageFuzz {
    private static final int ID = 0x1234;
    private static final int MAX_ADDRESSES = 32;

    private DnsMessageFuzz() {}

    /**
     * The input is a byte, of which one bit says for which family was asked, and the next one whether what follows is a whole message
     * or the flags, the count of answers and the answers of one that repeats the question.
     */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        int kind = input.u8();
        var question = new DnsQuestion("www.example", (kind & 1) != 0);
        byte[] message = (kind & 2) != 0 ? input.rest() : answer(question, input);
        DnsReply reply = DnsMessage.read(message, message.length, ID, question);
        if (reply != null) {
            check(reply, question);
        }
    }

    private static byte[] answer(DnsQuestion question, FuzzInput input) {
        byte[] asked = question.message(ID, false);
        int flags = input.u16();
        int answers = input.u16();
        byte[] rest = input.rest();
        ByteBuffer message = ByteBuffer.allocate(asked.length + rest.length).put(asked).put(rest);
        return message.putShort(2, (short) (flags | 0x8000)).putShort(6, (short) answers).array();
    }

    private static void check(DnsReply reply, DnsQuestion question) {
        boolean found = reply.kind() == DnsReply.Kind.FOUND;
        if (found == reply.addresses().isEmpty() || reply.addresses().size() > MAX_ADDRESSES) {
            throw new AssertionError(reply.kind() + " with " + reply.addresses().size() + " addresses");
        }
        for (IpAddress address : reply.addresses()) {
            // An AAAA record may hold a mapped address, which is one of IPv4.
            if (question.ipv4() && !address.isIpv4()) {
                throw new AssertionError(address + " is not of IPv4");
            }
        }
        if (reply.ttlSeconds() < 0 || reply.ttlSeconds() > Integer.MAX_VALUE) {
            throw new AssertionError("to be believed for " + reply.ttlSeconds() + " s");
        }
        if ((reply.kind() == DnsReply.Kind.FAILED) == reply.why().isEmpty()) {
            throw new AssertionError(reply.kind() + " because of \"" + reply.why() + '"');
        }
    }
}
