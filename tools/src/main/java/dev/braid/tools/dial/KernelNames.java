package dev.braid.tools.dial;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.Names;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** The resolver of the platform, over the kernel's sockets. Each lookup is a virtual thread. */
public final class KernelNames implements Names {
    @Override
    public void lookup(String name, Answers answers) {
        Thread.ofVirtual().name("names").start(() -> answer(name, answers));
    }

    private static void answer(String name, Answers answers) {
        List<IpAddress> found;
        try {
            found = Arrays.stream(InetAddress.getAllByName(name))
                    .map(address -> IpAddress.ofBytes(address.getAddress()))
                    .toList();
        } catch (UnknownHostException e) {
            answers.finished(name + " has no address");
            return;
        }
        for (boolean ipv4 : new boolean[] {false, true}) {
            List<IpAddress> family = found.stream().filter(address -> address.isIpv4() == ipv4).toList();
            if (!family.isEmpty()) {
                answers.found(family);
            }
        }
        answers.finished("");
    }
}
