package dev.braid.tools.daemon;

import dev.braid.tools.config.ConfigException;
import dev.braid.tools.config.ConfigFile;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --listen 127.0.0.1:1080}: what {@code proxy.listen} says in the file. */
final class ListenOption implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
        String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"");
        try {
            return ConfigFile.parse("--listen", "proxy.listen = [\"" + quoted + "\"]\n[proxy.users]\nany = \"any\"\n")
                    .proxy().listen().getFirst();
        } catch (ConfigException e) {
            throw new TypeConversionException(
                    e.problems().getFirst().replaceFirst("^--listen(:\\d+)?: ", "--listen: "));
        }
    }
}
