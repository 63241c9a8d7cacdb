package dev.braid.tools.host;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Links that are what a test says. */
public final class TestLinks implements Links {
    public final List<LinkView> all = new ArrayList<>();
    /** What was heard: index and whether it was an answer. */
    public final Queue<String> heard = new ConcurrentLinkedQueue<>();

    public TestLinks(LinkView... links) {
        all.addAll(List.of(links));
    }

    /** A primary link of both families. */
    public static LinkView link(int index, String nic) {
        return link(index, nic, Role.PRIMARY, LinkUse.USED, 0);
    }

    public static LinkView link(int index, String nic, Role role, LinkUse use, long srttNs) {
        return new LinkView(index, nic, "braid" + index, role, use, "", IpAddress.parse("198.19.77." + (4 * index + 2)),
                IpAddress.parse("fd77:b1a1:d:" + index + "::2"), List.of(Prefix.parse("192.168.1" + index + ".0/24")),
                1500,
                false, srttNs);
    }

    public static LinkView ipv4Only(int index, String nic) {
        return ipv4Only(index, nic, LinkUse.USED);
    }

    public static LinkView ipv4Only(int index, String nic, LinkUse use) {
        return new LinkView(index, nic, "braid" + index, Role.PRIMARY, use, "",
                IpAddress.parse("198.19.77." + (4 * index + 2)), null, List.of(), 1500, false, 0);
    }

    @Override
    public List<LinkView> all() {
        return all;
    }

    @Override
    public void role(String nic, Role role) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void heard(int index, boolean answered) {
        heard.add(index + " " + answered);
    }
}
