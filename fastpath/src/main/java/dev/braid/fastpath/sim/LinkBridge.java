package dev.braid.fastpath.sim;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.offload.Segmenter;

/**
 * Two devices joined by a pair of simulated links: what arrives at device 0 leaves by device 1 and the reverse. Super-frames
 * are cut first, so that what the links do, they do to packets of wire size.
 *
 * <p>The links take time as they find it: real devices under a real clock see the same path as hosts in a {@link SimNetwork}.
 */
public final class LinkBridge implements FrameProcessor {
    private final SimLink[] links;
    private final Segmenter segmenter;
    private final FrameOutput output;
    private final FrameOutput intoForth = this::offerForth;
    private final FrameOutput intoBack = this::offerBack;
    private long nowNs;

    /**
     * A bridge between device 0 and device 1.
     *
     * @param forth what packets from device 0 to device 1 go through
     * @param back what packets from device 1 to device 0 go through
     * @param seed decides what the links do
     * @param frames this thread's pool, for copies and for packets that are cut
     */
    public LinkBridge(
            LinkConfig forth, LinkConfig back, long seed, FramePool frames, Counters counters, FrameOutput output) {
        var seeds = new SplitMix64(seed);
        this.links = new SimLink[] {
            new SimLink("forth", forth, seeds.nextLong(), frames, new LinkCounters(counters, "forth")),
            new SimLink("back", back, seeds.nextLong(), frames, new LinkCounters(counters, "back"))
        };
        this.segmenter = new Segmenter(
                frames, counters.counter("BridgeDropNoFrame"), counters.counter("BridgeDropMalformed"));
        this.output = output;
    }

    /** The link that takes what arrives at this device. */
    public SimLink from(int device) {
        return links[device];
    }

    @Override
    public void onFrame(Frame frame, long nowNs) {
        this.nowNs = nowNs;
        segmenter.process(frame, frame.device() == 0 ? intoForth : intoBack);
    }

    private void offerForth(Frame packet) {
        links[0].offer(packet, nowNs);
    }

    private void offerBack(Frame packet) {
        links[1].offer(packet, nowNs);
    }

    @Override
    public void onDevice(int device, boolean up, int mtu, long nowNs) {
        // A device that is down loses packets by itself.
    }

    @Override
    public void onDeadline(long nowNs) {
        // What has arrived leaves with the flush.
    }

    @Override
    public int flush(long nowNs) {
        return arrive(links[0], 1, nowNs) + arrive(links[1], 0, nowNs);
    }

    private int arrive(SimLink link, int device, long nowNs) {
        int count = 0;
        for (Frame frame = link.poll(nowNs); frame != null; frame = link.poll(nowNs)) {
            output.transmit(frame.device(device));
            count++;
        }
        return count;
    }

    @Override
    public long nextDeadlineNs() {
        return Math.min(links[0].nextDeadlineNs(), links[1].nextDeadlineNs());
    }

    /** Releases what is on its way. */
    public void close() {
        links[0].close();
        links[1].close();
    }
}
