package dev.braid.bench.worker;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.pipeline.IdlePolicy;
import dev.braid.fastpath.pipeline.Pipeline;
import dev.braid.fastpath.pipeline.PipelineSpec;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The simulator's link between two TUNs of two namespaces, made anew for every transfer, so that each meets its fates from
 * the first packet on. The near namespace is the one this process is in.
 */
final class LinkRole implements Worker.Role {
    private static final int MTU_FRAMES = 65_536;
    private static final int LARGE_FRAMES = 1024;

    private final Arena arena = Arena.ofAuto();
    private final Counters counters = Counters.inMemory(arena, 256);
    private final FramePool frames = new FramePool(arena, MTU_FRAMES, LARGE_FRAMES, false);
    private final NetworkNamespace far;
    private final Pipeline pipeline;
    private final RenewedLink link;

    LinkRole(Message description) {
        String device = description.text("tun");
        FrameDeviceProvider provider = provider();
        far = NetworkNamespace.enter(Path.of(description.text("namespace")));
        List<FrameDevice> nearQueues = open(provider, device, 0);
        List<FrameDevice> farQueues = far.call(() -> open(provider, device, 1));
        pipeline = new Pipeline(new PipelineSpec(
                "link",
                Threads.INLINE,
                IdlePolicy.DEFAULT,
                System::nanoTime,
                List.of(nearQueues, farQueues),
                provider.waiter(List.of(nearQueues.getFirst(), farQueues.getFirst())),
                frames,
                frames,
                counters,
                Throwable::printStackTrace,
                cause -> {}));
        link = new RenewedLink(frames, counters, pipeline);
        pipeline.start(link);
    }

    private static FrameDeviceProvider provider() {
        return ServiceLoader.load(FrameDeviceProvider.class)
                .stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.kind().equals("tun"))
                .findFirst()
                .orElseThrow(() -> new DeviceException("no driver for TUNs"));
    }

    private List<FrameDevice> open(FrameDeviceProvider provider, String device, int index) {
        var spec = new DeviceSpec("tun", device, List.of(), 0, 1);
        return provider.open(spec, index, frames, counters, (which, up, mtu) -> {});
    }

    @Override
    public Message order(Message order) throws IOException {
        return switch (order.verb()) {
            case "link" -> {
                LinkConfig forth = LinkWords.forth(order);
                LinkConfig back = LinkWords.back(order);
                boolean reverse = order.flag("reverse");
                link.renew(reverse ? back : forth, reverse ? forth : back, order.number("seed"));
                yield Message.of("done");
            }
            case "drain" -> Message.of("done").with("empty", link.drain(order.number("within_ms")));
            case "counters" -> counters();
            default -> throw new IllegalArgumentException("unknown order: " + order);
        };
    }

    /** What became of packets: {@code forth.LOST}, {@code back.QUEUE_FULL} and the like, since the beginning. */
    private Message counters() {
        var values = new LinkedHashMap<String, String>();
        counters.forEach((name, value) -> {
            if (name.startsWith("Link.")) {
                values.put(name.substring("Link.".length()), Long.toString(value));
            }
        });
        return new Message("counters", values);
    }

    @Override
    public void close() {
        pipeline.close();
        link.close();
        far.close();
    }
}
