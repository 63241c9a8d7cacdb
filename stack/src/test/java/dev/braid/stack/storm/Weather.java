package dev.braid.stack.storm;

import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.stack.tcp.TcpConfig;

/** What a seed makes of the network and of the hosts' settings. */
public final class Weather {
    private static final long MS = 1_000_000L;
    private static final double[] LOSSES = {0.001, 0.01, 0.02, 0.05, 0.1};

    private Weather() {}

    /** One direction of a link. */
    public static LinkConfig link(SplitMix64 random) {
        LinkConfig link = LinkConfig.PERFECT.delay(random.chance(0.2) ? 20_000 : random.between(1, 60) * MS / 2);
        if (random.chance(0.7)) {
            long megabit = 1_000_000L << random.nextInt(10);
            link = link.rate(megabit).queue(20_000 << random.nextInt(5));
        }
        if (random.chance(0.3)) {
            link = link.jitter(random.between(1, 10_000) * 1_000L);
        }
        if (random.chance(0.5)) {
            link = link.loss(LOSSES[random.nextInt(LOSSES.length)]);
        }
        if (random.chance(0.2)) {
            link = link.bursts(0.002, 0.2, 0.8);
        }
        if (random.chance(0.3)) {
            link = link.reorder(0.01 * random.between(1, 20), random.between(1, 10_000) * 1_000L);
        }
        if (random.chance(0.3)) {
            link = link.duplicate(0.01 * random.between(1, 10));
        }
        if (random.chance(0.3)) {
            link = link.corrupt(0.005 * random.between(1, 6));
        }
        if (random.chance(0.15)) {
            // Up most of the time: retries double, and could meet nothing but outages for as long as anyone waits.
            int upMs = random.between(300, 3_000);
            link = link.flaps(upMs * MS, random.between(20, upMs / 3) * MS);
        }
        return link;
    }

    /** The largest packet. */
    public static int mtu(SplitMix64 random, boolean v4) {
        if (random.chance(0.7)) {
            return 1500;
        }
        return v4 ? random.between(576, 9_000) : random.between(1_280, 9_000);
    }

    /** What a device does for its host. */
    public static int offloads(SplitMix64 random) {
        return random.chance(0.5) ? Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6 : 0;
    }

    /** A host's TCP. */
    public static TcpConfig tcp(SplitMix64 random) {
        return TcpConfig.with(config -> {
            config.headerPrediction = random.chance(0.8);
            config.timestamps = random.chance(0.8);
            config.windowScaling = random.chance(0.8);
            config.sack = random.chance(0.8);
            config.pacing = random.chance(0.8);
            // An orderly end asks for every byte, so nobody gives up sooner than an open connection does.
            config.orphanRetries = config.retries;
            config.synRetries = config.retries;
            config.synAckRetries = config.retries;
            config.quickAcks = random.chance(0.5) ? 0 : 16;
            config.minReceiveBuffer = 2_304;
            config.minSendBuffer = 2_304;
            config.receiveBuffer = random.chance(0.3) ? random.between(3_000, 60_000) : 1 << random.between(16, 20);
            config.sendBuffer = random.chance(0.3) ? random.between(3_000, 60_000) : 1 << random.between(16, 20);
        });
    }
}
