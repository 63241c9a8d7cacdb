package dev.braid.tools.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.tools.cli.UserError;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code endpoint add}, {@code delete}, {@code change} and {@code show}: {@code [ ADDRESS ] [ id ID ] [ port NR ] [ dev
 * NAME ] [ FLAG… ]} in any order. Messages are iproute2's.
 */
final class EndpointWords {
    private static final int CHANGEABLE = Endpoint.BACKUP | Endpoint.FULLMESH;

    private @Nullable String address;
    private @Nullable Integer id;
    private @Nullable Integer port;
    private @Nullable String device;
    private int flags;
    private int cleared;

    private EndpointWords() {}

    /** {@code add ADDRESS [ dev NAME ] [ id ID ] [ port NR ] [ FLAG-LIST ]}. */
    static Map<String, Object> add(List<String> words) {
        EndpointWords parsed = parse(words, false);
        if (parsed.address == null) {
            throw required("ADDRESS");
        }
        if (parsed.port != null && (parsed.flags & Endpoint.SIGNAL) == 0) {
            throw wrong("port", "flags must have signal when using port");
        }
        if ((parsed.flags & Endpoint.SIGNAL) != 0 && (parsed.flags & Endpoint.FULLMESH) != 0) {
            throw wrong("fullmesh", "flags mustn't have both signal and fullmesh");
        }
        return parsed.request();
    }

    /** {@code delete id ID [ ADDRESS ]}. */
    static Map<String, Object> delete(List<String> words) {
        EndpointWords parsed = parse(words, false);
        if (parsed.id == null) {
            throw required("ID");
        }
        if (parsed.id == 0 && parsed.address == null) {
            throw wrong("ID", "address is needed for deleting id 0 address");
        }
        if (parsed.id != 0 && parsed.address != null) {
            throw wrong("ADDRESS", "invalid for non-zero id address");
        }
        return parsed.request();
    }

    /** {@code change [ id ID ] [ ADDRESS ] [ port NR ] CHANGE-OPT}. */
    static Map<String, Object> change(List<String> words) {
        EndpointWords parsed = parse(words, true);
        if (parsed.id != null && parsed.port != null) {
            throw wrong("port", "port can't be used with id");
        }
        return parsed.request();
    }

    /** {@code show [ id ID ]}; {@code null} = all, 0 = none, where other words than an identifier are given. */
    static @Nullable Integer show(List<String> words) {
        Integer given = parse(words, false).id;
        return words.isEmpty() || given != null ? given : Integer.valueOf(0);
    }

    private static EndpointWords parse(List<String> words, boolean changing) {
        EndpointWords parsed = new EndpointWords();
        for (Iterator<String> rest = words.iterator(); rest.hasNext();) {
            parsed.take(rest.next(), rest, changing);
        }
        return parsed;
    }

    private void take(String word, Iterator<String> rest, boolean changing) {
        int flag = EndpointFlags.given(word);
        int unflag = word.startsWith("no") ? EndpointFlags.given(word.substring(2)) & CHANGEABLE : 0;
        if (flag != 0 || unflag != 0) {
            if (changing && (flag & ~CHANGEABLE) != 0) {
                throw wrong(word, "invalid flags, backup and fullmesh only");
            }
            flags = (flags | flag) & ~unflag;
            cleared = (cleared | unflag) & ~flag;
            return;
        }
        if (MptcpCommand.isShort(word, "id")) {
            id = number(rest, 255, "invalid ID");
        } else if (MptcpCommand.isShort(word, "dev")) {
            device = following(rest);
        } else if (MptcpCommand.isShort(word, "port")) {
            port = number(rest, 65_535, "expected port");
        } else {
            address = address(word);
        }
    }

    private static String address(String word) {
        try {
            return IpAddress.parse(word).toString();
        } catch (IllegalArgumentException e) {
            throw UserError.usage("any valid address is expected rather than \"" + word + "\".");
        }
    }

    /** A number from 0 to {@code most}, the next word. */
    static int number(Iterator<String> rest, int most, String otherwise) {
        String word = following(rest);
        try {
            int value = Integer.decode(word);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same complaint.
        }
        throw wrong(word, otherwise);
    }

    private static String following(Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw UserError.usage("Command line is not complete. Try option \"help\"");
        }
        return rest.next();
    }

    static UserError wrong(String argument, String why) {
        return UserError.usage("argument \"" + argument + "\" is wrong: " + why);
    }

    private static UserError required(String argument) {
        return UserError.usage("argument \"" + argument + "\" is required");
    }

    private Map<String, Object> request() {
        var request = new LinkedHashMap<String, Object>();
        put(request, "address", address);
        put(request, "id", id);
        put(request, "port", port);
        put(request, "dev", device);
        request.put("flags", flags);
        request.put("cleared", cleared);
        return request;
    }

    private static void put(Map<String, Object> request, String key, @Nullable Object value) {
        if (value != null) {
            request.put(key, value);
        }
    }
}
