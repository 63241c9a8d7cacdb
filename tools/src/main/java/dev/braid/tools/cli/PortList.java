package dev.braid.tools.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One or more ports, {@code 9} or {@code 9,5001}.
 *
 * @param ports each 1..65535, no two the same
 */
public record PortList(List<Integer> ports) {
    /** No ports. */
    public static final PortList NONE = new PortList(List.of());

    /** Reads the option's text. */
    public static final class Converter implements ITypeConverter<PortList> {
        @Override
        public PortList convert(String text) {
            List<Integer> ports = Stream.of(text.split(",", -1)).map(one -> port(text, one)).toList();
            if (ports.stream().distinct().count() != ports.size()) {
                throw new TypeConversionException("\"" + text + "\" names a port twice");
            }
            return new PortList(ports);
        }

        private static int port(String text, String one) {
            try {
                int port = Integer.parseInt(one.strip());
                if (port >= 1 && port <= 65_535) {
                    return port;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new TypeConversionException("\"" + text + "\" is no list of ports, such as 9 or 9,5001");
        }
    }
}
