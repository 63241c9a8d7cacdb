package dev.braid.tools.config;

import java.io.IOException;
import java.util.List;

/** A configuration that cannot be used. */
public final class ConfigException extends IOException {
    private static final long serialVersionUID = 1L;

    ConfigException(List<String> problems) {
        super(String.join("\n", problems));
    }

    /** All that is wrong, a line each, in the file's order: {@code braid.toml:7: unknown key "sokcs"; did you mean "socks"?} */
    public List<String> problems() {
        return String.valueOf(getMessage()).lines().toList();
    }
}
