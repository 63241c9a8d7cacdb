package dev.braid.tools.demo;

import dev.braid.tools.testbed.BedPath;
import java.io.IOException;

/** How a path is taken away. */
enum Pull {
    /** Packets vanish beyond the NIC, both ways, and nobody is told. */
    SILENCE,
    /** The NIC is switched off. */
    DOWN,
    /** The NIC loses its address. */
    ADDRESS,
    /** It stays. */
    NONE;

    /** Takes the path away. */
    void pull(BedPath path, Client client) throws IOException {
        switch (this) {
            case SILENCE -> path.silence();
            case DOWN -> path.down();
            case ADDRESS -> client.removeAddress(path);
            case NONE -> {}
        }
    }

    /** Gives it back. */
    void giveBack(BedPath path, Client client) throws IOException {
        switch (this) {
            case SILENCE -> path.unsilence();
            case DOWN -> path.up();
            case ADDRESS -> client.restoreAddress(path);
            case NONE -> {}
        }
    }
}
