package dev.braid.tools.cli;

import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Prints reports for programs. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** The report as an indented JSON object; the map's order is kept. */
    public static String write(Map<String, ?> report) {
        return MAPPER.writeValueAsString(report);
    }

    /** A number rounded to so many decimals, which is all a measurement on a shared machine is worth. */
    public static double round(double value, int decimals) {
        double scale = Math.pow(10, decimals);
        return Math.round(value * scale) / scale;
    }
}
