package dev.braid.tools.control;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.LiveTunables;
import dev.braid.stack.Stack;
import dev.braid.stack.core.Tunables;
import dev.braid.stack.tcp.TcpInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * What every process with a stack answers.
 *
 * <ul>
 *   <li>{@code connections}: {@code connections}, {@code multipath}, {@code listeners} and {@code datagrams}, lists of objects with the
 *       fields of {@link TcpInfo}, {@link dev.braid.stack.mptcp.MptcpInfo}, {@link dev.braid.stack.tcp.ListenerInfo} and {@link
 *       dev.braid.stack.udp.UdpInfo} in snake_case. Each subflow of the second is a connection of the first too.
 *   <li>{@code counters}: {@code pid}, and {@code values}, an object of names and numbers
 *   <li>{@code sysctl}: {@code values}, an object of names and values. {@code names}, a list, chooses which; without it, all.
 *       {@code set}, an object of names and new values, changes those first, in order, up to the first that is wrong
 * </ul>
 */
public final class StackRequests {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(new AddressAsText()))
            .build();

    private final Stack stack;

    /** Answers about this stack. */
    public StackRequests(Stack stack) {
        this.stack = stack;
    }

    /** Lets the server answer them. */
    public void register(ControlServer server) {
        server.on("connections", request -> connections()).on("counters", request -> counters()).on("sysctl",
                this::sysctl);
    }

    private Map<String, ?> counters() {
        var values = new LinkedHashMap<String, Long>();
        stack.counters().forEach(values::put);
        return Map.of("pid", ProcessHandle.current().pid(), "values", values);
    }

    private Map<String, ?> connections() throws IOException {
        return Map.of("connections", asMaps(stack.connections()), "multipath", asMaps(stack.multipathConnections()),
                "listeners", asMaps(stack.listeners()), "datagrams", asMaps(stack.datagramSockets()));
    }

    private static List<Map<?, ?>> asMaps(List<?> values) {
        var maps = new ArrayList<Map<?, ?>>(values.size());
        for (Object value : values) {
            maps.add(MAPPER.convertValue(value, Map.class));
        }
        return maps;
    }

    private Map<String, ?> sysctl(Map<String, Object> request) throws IOException {
        LiveTunables tunables = stack.tunables();
        if (request.get("set") instanceof Map<?, ?> changes) {
            for (Map.Entry<?, ?> change : changes.entrySet()) {
                tunables.change(String.valueOf(change.getKey()), String.valueOf(change.getValue()));
            }
        }
        List<?> names = request.get("names") instanceof List<?> given ? given : tunables.names();
        var values = new LinkedHashMap<String, String>();
        for (Object name : names) {
            String value = tunables.value(String.valueOf(name));
            if (value == null) {
                throw new IllegalArgumentException(Tunables.unknown(String.valueOf(name)));
            }
            values.put(String.valueOf(name), value);
        }
        return Map.of("values", values);
    }

    /** a.b.c.d or RFC 5952's text. */
    private static final class AddressAsText extends StdSerializer<IpAddress> {
        AddressAsText() {
            super(IpAddress.class);
        }

        @Override
        public void serialize(IpAddress address, JsonGenerator json, SerializationContext context) {
            json.writeString(address.toString());
        }
    }
}
