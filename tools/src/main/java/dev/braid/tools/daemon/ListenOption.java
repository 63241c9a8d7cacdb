package dev.braid.tools.daemon;

import dev.braid.tools.config.ConfigValues;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --listen 127.0.0.1:1080}: what {@code proxy.listen} says in the file. */
final class ListenOption implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
        try {
            return ConfigValues.socket(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("--listen: " + e.getMessage());
        }
    }
}
