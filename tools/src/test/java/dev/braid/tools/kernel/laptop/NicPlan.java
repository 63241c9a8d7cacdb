package dev.braid.tools.kernel.laptop;

import dev.braid.tools.emu.NatPlan;
import org.jspecify.annotations.Nullable;

/**
 * What a NIC and the link behind it are like; the link is the same in both directions.
 *
 * @param name the NIC's name
 * @param net the third part of its IPv4 network 192.168.NET.0/24, and the third of 2001:db8:NET::/64
 * @param mbit the link's rate, Ethernet headers counted
 * @param delayMs one way, milliseconds
 * @param queueBytes how much waits before the link
 * @param metric of its default routes: the kernel prefers the smallest
 * @param mtu bytes of IP that the link carries; what is larger is lost in silence
 * @param boxes what stands in the way, in the words of {@code --middlebox}; empty = nothing
 * @param nat the NAT there, or {@code null}
 */
record NicPlan(
        String name, int net, int mbit, int delayMs, int queueBytes, int metric, int mtu, String boxes,
        @Nullable NatPlan nat) {
    static NicPlan eth() {
        return new NicPlan("eth0", 10, 40, 5, 100_000, 100, 65_535, "", null);
    }

    static NicPlan wifi() {
        return new NicPlan("wifi0", 11, 20, 15, 100_000, 600, 65_535, "", null);
    }

    /** Behind a NAT that forgets what was silent for eight seconds. */
    static NicPlan lte() {
        return new NicPlan("lte0", 12, 20, 30, 150_000, 700, 65_535, "", NatPlan.parse("timeout=8s,inside=a"));
    }

    /** With so many milliseconds one way. */
    NicPlan delayed(int ms) {
        return new NicPlan(name, net, mbit, ms, queueBytes, metric, mtu, boxes, nat);
    }

    /** With a way that swallows larger packets than these. */
    NicPlan swallowing(int bytes) {
        return new NicPlan(name, net, mbit, delayMs, queueBytes, metric, bytes, boxes, nat);
    }

    /** Behind a NAT that forgets what was silent for this time, such as {@code 2s}. */
    NicPlan forgetting(String time) {
        return new NicPlan(
                name, net, mbit, delayMs, queueBytes, metric, mtu, boxes,
                NatPlan.parse("timeout=" + time + ",inside=a"));
    }

    /** With a box in the way that takes the options of Multipath TCP out of every segment. */
    NicPlan stripping() {
        return new NicPlan(name, net, mbit, delayMs, queueBytes, metric, mtu, "strip=mptcp", nat);
    }
}
