package dev.braid.tools.bind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes mobile modems for metered: the kernel calls their devices {@code wwan}. */
final class MeteredNics implements Metered {
    private static final Path DEVICES = Path.of("/sys/class/net");

    @Override
    public boolean isMetered(String nic) {
        try {
            return Files.readAllLines(DEVICES.resolve(nic).resolve("uevent")).contains("DEVTYPE=wwan");
        } catch (IOException e) {
            // The NIC has gone, or /sys is not there.
            return false;
        }
    }
}
