package dev.braid.stack.storm;

import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.tcp.TcpConfig;

/** Puts TCP's tunables into the core's. */
final class StormConfig {
    private StormConfig() {}

    static CoreConfig core(TcpConfig tcp) {
        return CoreConfig.DEFAULT.plainTcp().withTcp(tcp);
    }
}
