package dev.braid.tools.doctor;

import java.util.function.Consumer;

/** Whether a daemon runs, or could. */
final class HostCheck implements Check {
    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        if (facts.running()) {
            found.accept(Finding.ok("", "the daemon runs"));
            return;
        }
        found.accept(Finding.warning("", "no daemon is running, or none that this user may ask",
                "braid up, or systemctl start braid"));
        if (facts.mayChangeNetwork()) {
            found.accept(Finding.ok("", "this user may change the network's settings"));
        } else {
            found.accept(Finding.problem("", "this user may not change the network's settings",
                    "run as root, or with CAP_NET_ADMIN"));
        }
        String trouble = facts.tunTrouble();
        if (trouble.isEmpty()) {
            found.accept(Finding.ok("", "/dev/net/tun can be used"));
        } else {
            found.accept(Finding.problem("", "/dev/net/tun cannot be used: " + trouble,
                    "modprobe tun; in a container, pass the device in"));
        }
        if (facts.mayChangeNetwork() && facts.hasTable()) {
            found.accept(Finding.warning("", "a daemon that was killed has left its firewall table and settings",
                    "braid down"));
        }
    }
}
