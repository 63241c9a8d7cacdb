package dev.braid.tools.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}, where an IPv6 address stands in brackets. Names are resolved by the host. */
public final class HostPort implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw refuse(text, "an IPv6 address stands in brackets: [fd77::1]:9");
        }
        if (host.isEmpty()) {
            throw refuse(text, "expected HOST:PORT");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port < 1 || port > 65_535) {
                throw refuse(text, "a port is 1 to 65535");
            }
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (NumberFormatException e) {
            throw refuse(text, "expected HOST:PORT with a port of 1 to 65535");
        } catch (UnknownHostException e) {
            throw refuse(text, "the name " + host + " is not known");
        }
    }

    private static TypeConversionException refuse(String text, String why) {
        return new TypeConversionException("\"" + text + "\": " + why);
    }
}
