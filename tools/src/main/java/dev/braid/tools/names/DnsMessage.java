package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.names.DnsReply.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server's message, which is hostile until it is shown to answer our question (RFC 5452 section 9.1): every length is checked, a
 * pointer leads backwards only, and what is kept is bounded. One message, one reader, one thread.
 */
final class DnsMessage {
    private static final int HEADER = 12;
    private static final int TYPE_CNAME = 5;
    private static final int MAX_CHAIN = 8;
    private static final int MAX_ADDRESSES = 32;
    private static final int MAX_ALIASES = 32;

    private static final int RESPONSE = 0x8000;
    private static final int OPCODE = 0x7800;
    private static final int TRUNCATED = 0x0200;
    private static final int RCODE = 0x000f;

    private static final int FORMAT_ERROR = 1;
    private static final int NAME_ERROR = 3;
    private static final int NOT_IMPLEMENTED = 4;

    private final byte[] bytes;
    private final int length;
    private int at;

    /** A name's target and how long that may be believed. */
    private record Alias(String target, long ttl) {}

    private record Found(List<IpAddress> addresses, long ttl) {}

    private DnsMessage(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    /**
     * What the first {@code length} bytes say in answer to the question, {@code null} when they do not answer it: somebody else's
     * message, a forgery, or damaged.
     */
    static @Nullable DnsReply read(byte[] bytes, int length, int id, DnsQuestion question) {
        try {
            return new DnsMessage(bytes, length).answer(id, question);
        } catch (BadMessage e) {
            return null;
        }
    }

    private @Nullable DnsReply answer(int id, DnsQuestion question) throws BadMessage {
        require(HEADER);
        int flags = u16(2);
        if (u16(0) != id || (flags & RESPONSE) == 0 || (flags & OPCODE) != 0) {
            return null;
        }
        int questions = u16(4);
        int code = flags & RCODE;
        // An old server that cannot read extensions may not repeat the question (RFC 6891 section 7).
        if (questions == 0 && (code == FORMAT_ERROR || code == NOT_IMPLEMENTED)) {
            return DnsReply.of(Kind.NOT_UNDERSTOOD);
        }
        at = HEADER;
        if (questions != 1 || !name().equals(question.name())) {
            return null;
        }
        require(4);
        boolean asked = u16(at) == question.type() && u16(at + 2) == DnsQuestion.CLASS_IN;
        at += 4;
        if (!asked) {
            return null;
        }
        if ((flags & TRUNCATED) != 0) {
            return DnsReply.of(Kind.TRUNCATED);
        }
        return switch (code) {
            case 0 -> addresses(question, u16(6));
            case NAME_ERROR -> DnsReply.of(Kind.NOTHING);
            case FORMAT_ERROR, NOT_IMPLEMENTED -> DnsReply.of(Kind.NOT_UNDERSTOOD);
            default -> DnsReply.failed(codeName(code));
        };
    }

    private static String codeName(int code) {
        return switch (code) {
            case 2 -> "the server failed (SERVFAIL)";
            case 5 -> "the server refuses (REFUSED)";
            default -> "the server answers with error " + code;
        };
    }

    /** Reads the answer section, and follows aliases from the name that was asked for, in whatever order they stand. */
    private DnsReply addresses(DnsQuestion question, int records) throws BadMessage {
        Map<String, Alias> aliases = new HashMap<>();
        Map<String, Found> found = new HashMap<>();
        for (int i = 0; i < records; i++) {
            record(question.type(), aliases, found);
        }
        String name = question.name();
        long ttl = Long.MAX_VALUE;
        for (int hops = 0; hops <= MAX_CHAIN; hops++) {
            Found here = found.get(name);
            if (here != null) {
                return new DnsReply(Kind.FOUND, List.copyOf(here.addresses), Math.min(ttl, here.ttl), "");
            }
            Alias alias = aliases.get(name);
            if (alias == null) {
                return DnsReply.of(Kind.NOTHING);
            }
            ttl = Math.min(ttl, alias.ttl);
            name = alias.target;
        }
        return DnsReply.failed("the name leads through more than " + MAX_CHAIN + " aliases");
    }

    private void record(int wanted, Map<String, Alias> aliases, Map<String, Found> found) throws BadMessage {
        String owner = name();
        require(10);
        int type = u16(at);
        int dnsClass = u16(at + 2);
        // RFC 2181 section 8: with the highest bit set it means 0.
        long ttl = Math.max(0, u16(at + 4) << 16 | u16(at + 6));
        int size = u16(at + 8);
        at += 10;
        require(size);
        int end = at + size;
        if (dnsClass == DnsQuestion.CLASS_IN && type == wanted) {
            if (size != (type == DnsQuestion.TYPE_A ? 4 : 16)) {
                throw BadMessage.INSTANCE;
            }
            address(owner, ttl, size, found);
        } else if (dnsClass == DnsQuestion.CLASS_IN && type == TYPE_CNAME && aliases.size() < MAX_ALIASES) {
            aliases.putIfAbsent(owner, new Alias(name(), ttl));
            if (at != end) {
                throw BadMessage.INSTANCE;
            }
        }
        at = end;
    }

    private void address(String owner, long ttl, int size, Map<String, Found> found) {
        Found before = found.get(owner);
        if (before == null && found.size() == MAX_ALIASES) {
            return;
        }
        List<IpAddress> addresses = before == null ? new ArrayList<>() : before.addresses;
        if (addresses.size() < MAX_ADDRESSES) {
            addresses.add(IpAddress.ofBytes(Arrays.copyOfRange(bytes, at, at + size)));
        }
        found.put(owner, new Found(addresses, before == null ? ttl : Math.min(ttl, before.ttl)));
    }

    /**
     * Reads the name at the present place, in lower case, and moves behind it. Each pointer must lead to before where it was met, so
     * the way through them ends.
     */
    private String name() throws BadMessage {
        var name = new StringBuilder();
        int from = at;
        int behind = -1;
        int lowest = at;
        while (true) {
            int size = u8(from);
            if (size == 0) {
                break;
            }
            if (size <= DnsName.MAX_LABEL) {
                label(name, from + 1, size);
                from += 1 + size;
            } else if (size >= 0xc0) {
                int to = (size & 0x3f) << 8 | u8(from + 1);
                behind = behind < 0 ? from + 2 : behind;
                if (to >= lowest) {
                    throw BadMessage.INSTANCE;
                }
                lowest = to;
                from = to;
            } else {
                throw BadMessage.INSTANCE;
            }
        }
        at = behind < 0 ? from + 1 : behind;
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private void label(StringBuilder name, int from, int size) throws BadMessage {
        if (from + size > length || name.length() + 1 + size + 1 > DnsName.MAX_WIRE) {
            throw BadMessage.INSTANCE;
        }
        if (!name.isEmpty()) {
            name.append('.');
        }
        for (int i = from; i < from + size; i++) {
            int c = bytes[i] & 0xff;
            // A dot inside a label would make two of one: no name that we ask for has such a thing.
            name.append(c == '.' ? '\0' : (char) c);
        }
    }

    private void require(int more) throws BadMessage {
        if (at + more > length) {
            throw BadMessage.INSTANCE;
        }
    }

    private int u8(int offset) throws BadMessage {
        if (offset >= length) {
            throw BadMessage.INSTANCE;
        }
        return bytes[offset] & 0xff;
    }

    private int u16(int offset) throws BadMessage {
        return u8(offset) << 8 | u8(offset + 1);
    }

    /** The message's lengths lie. Without a trace: liars shall not cost us one each. */
    private static final class BadMessage extends Exception {
        static final BadMessage INSTANCE = new BadMessage();
        private static final long serialVersionUID = 1L;

        private BadMessage() {
            super(null, null, false, false);
        }
    }
}
