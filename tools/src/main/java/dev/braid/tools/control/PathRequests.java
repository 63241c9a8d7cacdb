package dev.braid.tools.control;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.Link;
import dev.braid.stack.LivePaths;
import dev.braid.stack.Stack;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a process with a stack answers about Multipath TCP's paths.
 *
 * <ul>
 *   <li>{@code mptcp}: {@code do} says what: {@code endpoints} answers {@code endpoints} in the form of {@code ip -j mptcp endpoint};
 *       {@code add}, {@code delete}, {@code change} take {@code address}, {@code id}, {@code port}, {@code dev}, {@code flags} and {@code
 *       cleared} (bits of {@link Endpoint}); {@code flush}; {@code limits} takes and answers {@code add_addr_accepted} and {@code
 *       subflows}
 *   <li>{@code mptcp-events}: see {@link PathEvents}
 * </ul>
 */
public final class PathRequests {
    private final Stack stack;
    private final LivePaths paths;

    /** Answers about this stack. */
    public PathRequests(Stack stack) {
        this.stack = stack;
        this.paths = stack.paths();
    }

    /** Lets the server answer them. */
    public void register(ControlServer server) {
        server.on("mptcp", this::answer);
        new PathEvents(paths).register(server);
    }

    /** Answers one {@code mptcp} request. */
    public Map<String, ?> answer(Map<String, Object> request) throws IOException {
        Object what = request.get("do");
        try {
            return switch (String.valueOf(what)) {
                case "endpoints" -> Map.of("endpoints", endpoints());
                case "add" -> add(request);
                case "delete" -> delete(request);
                case "change" -> change(request);
                case "flush" -> flush();
                case "limits" -> limits(request);
                default -> throw new IllegalArgumentException("there is no mptcp request " + what
                        + "; there are add change delete endpoints flush limits");
            };
        } catch (EndpointException e) {
            throw new IllegalArgumentException(
                    switch (e.reason()) {
                        case DUPLICATE, ID_TAKEN, FULL -> "too many addresses or duplicate one: -"
                                + e.reason().errno() + ".";
                        case NOT_FOUND -> "address not found.";
                        case INVALID -> e.getMessage() + ".";
                    },
                    e);
        }
    }

    private List<Map<String, Object>> endpoints() throws IOException {
        var all = new ArrayList<>(paths.endpoints());
        all.sort(Comparator.comparingInt(Endpoint::id));
        return all.stream().map(this::asMap).toList();
    }

    private Map<String, Object> asMap(Endpoint endpoint) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("address", endpoint.address().toString());
        if (endpoint.port() != 0) {
            fields.put("port", endpoint.port());
        }
        fields.put("id", endpoint.id());
        put(fields, "signal", endpoint, Endpoint.SIGNAL);
        put(fields, "subflow", endpoint, Endpoint.SUBFLOW);
        put(fields, "backup", endpoint, Endpoint.BACKUP);
        put(fields, "fullmesh", endpoint, Endpoint.FULLMESH);
        put(fields, "implicit", endpoint, Endpoint.IMPLICIT);
        put(fields, "laminar", endpoint, Endpoint.LAMINAR);
        if (endpoint.link() >= 0 && endpoint.link() < stack.links().size()) {
            fields.put("dev", stack.links().get(endpoint.link()).name());
        }
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, Endpoint endpoint, int flag) {
        if (endpoint.has(flag)) {
            fields.put(name, true);
        }
    }

    private Map<String, ?> add(Map<String, Object> request) throws IOException, EndpointException {
        IpAddress address = address(request);
        if (address == null) {
            throw new IllegalArgumentException("argument \"ADDRESS\" is required");
        }
        int port = number(request, "port", 65_535, 0);
        int flags = number(request, "flags", Integer.MAX_VALUE, 0)
                & ~(Endpoint.IMPLICIT | Endpoint.AUTOMATIC | Endpoint.OVERFLOW);
        if (port != 0 && (flags & (Endpoint.SIGNAL | Endpoint.SUBFLOW)) != Endpoint.SIGNAL) {
            throw new IllegalArgumentException("flags must have signal and not subflow when using port.");
        }
        paths.add(address, port, flags, device(request.get("dev")), number(request, "id", 255, 0));
        return Map.of();
    }

    private Map<String, ?> delete(Map<String, Object> request) throws IOException, EndpointException {
        int id = number(request, "id", 255, -1);
        IpAddress address = address(request);
        if (id == 0 && address != null) {
            paths.removeInitial(address);
        } else {
            paths.remove(id);
        }
        return Map.of();
    }

    private Map<String, ?> change(Map<String, Object> request) throws IOException, EndpointException {
        int id = number(request, "id", 255, 0);
        IpAddress address = address(request);
        if (address == null && id == 0) {
            throw new IllegalArgumentException("missing address ID.");
        }
        Endpoint found = (address == null ? withId(id) : with(address, number(request, "port", 65_535, 0)))
                .orElseThrow(() -> new IllegalArgumentException("address not found."));
        int flags = number(request, "flags", Integer.MAX_VALUE, 0);
        paths.change(found.id(), (found.flags() | flags) & ~number(request, "cleared", Integer.MAX_VALUE, 0));
        return Map.of();
    }

    private Optional<Endpoint> withId(int id) throws IOException {
        return paths.endpoints().stream().filter(e -> e.id() == id).findFirst();
    }

    /** The one with just that port, or else the one without a port. */
    private Optional<Endpoint> with(IpAddress address, int port) throws IOException {
        return paths.endpoints().stream()
                .filter(e -> e.address().equals(address) && (e.port() == port || e.port() == 0))
                .max(Comparator.comparingInt(Endpoint::port));
    }

    private Map<String, ?> flush() throws IOException {
        paths.flush();
        return Map.of();
    }

    private Map<String, ?> limits(Map<String, Object> request) throws IOException {
        Limits before = paths.limits();
        Limits after = new Limits(
                number(request, "add_addr_accepted", 255, before.addAddrAccepted()),
                number(request, "subflows", 255, before.subflows()));
        if (!after.equals(before)) {
            paths.limits(after);
        }
        var answer = new LinkedHashMap<String, Object>();
        answer.put("add_addr_accepted", after.addAddrAccepted());
        answer.put("subflows", after.subflows());
        return answer;
    }

    private static @Nullable IpAddress address(Map<String, Object> request) {
        return request.get("address") instanceof String text ? IpAddress.parse(text) : null;
    }

    private int device(@Nullable Object name) {
        if (name == null) {
            return -1;
        }
        List<Link> links = stack.links();
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("argument \"" + name + "\" is wrong: device does not exist");
    }

    private static int number(Map<String, Object> request, String key, int most, int otherwise) {
        Object given = request.get(key);
        if (given == null) {
            return otherwise;
        }
        if (given instanceof Number number && number.longValue() >= 0 && number.longValue() <= most) {
            return number.intValue();
        }
        throw new IllegalArgumentException(key + " is a number from 0 to " + most);
    }
}
