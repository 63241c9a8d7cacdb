package dev.braid.tundriver.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tundriver.Kernel;
import dev.braid.tundriver.netlink.NftChain.Hook;
import dev.braid.tundriver.netlink.NftChain.Type;
import dev.braid.tundriver.netlink.NftExpression.Accept;
import dev.braid.tundriver.netlink.NftExpression.Count;
import dev.braid.tundriver.netlink.NftExpression.Drop;
import dev.braid.tundriver.netlink.NftExpression.Other;
import dev.braid.tundriver.netlink.NftExpression.StripTcpOption;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.poll.Poller;
import dev.braid.tundriver.sys.LinuxException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Kernel
class NftablesTest {
    private static final NftTable FOREIGN = table("other", NftRule.of("not ours", new Count(), new Accept()));

    private NetworkNamespace ns;
    private Nftables nft;

    @BeforeEach
    void makeNamespaceWithAForeignTable() {
        ns = NetworkNamespace.create("nft");
        nft = ns.call(Nftables::open);
        nft.replace(FOREIGN);
    }

    @AfterEach
    void close() {
        nft.close();
        ns.close();
    }

    private static NftTable table(String name, NftRule... rules) {
        return new NftTable(name, List.of(new NftChain("output", Hook.OUTPUT, 0, Type.FILTER, List.of(rules))));
    }

    @Test
    void aTableReadsAsItWasWritten() {
        assertThat(nft.read("braid")).isNull();
        nft.replace(NftSample.table());
        assertThat(nft.read("braid")).isEqualTo(NftSample.table());
    }

    @Test
    void whatMiddleboxesDoToOptionsReadsAsItWasWritten() {
        NftTable box = new NftTable("box", List.of(new NftChain("forward", Hook.FORWARD, -300, Type.FILTER,
                List.of(NftRule.of("strip", new StripTcpOption(30))))));
        nft.replace(box);
        assertThat(nft.read("box")).isEqualTo(box);
    }

    @Test
    void aTableTakesThePlaceOfTheOldOneWhole() {
        nft.replace(NftSample.table());
        NftTable smaller = table("braid", NftRule.of("only", new Count(), new Drop()));
        nft.replace(smaller);
        assertThat(nft.read("braid")).isEqualTo(smaller);
    }

    @Test
    void deletingSaysWhetherThereWasOne() {
        assertThat(nft.delete("braid")).isFalse();
        nft.replace(NftSample.table());
        assertThat(nft.delete("braid")).isTrue();
        assertThat(nft.read("braid")).isNull();
    }

    @Test
    void tablesOfOthersStay() {
        List<NftBase> before = nft.bases();
        nft.replace(NftSample.table());
        assertThat(nft.bases()).containsAll(before).hasSize(before.size() + 2);
        nft.replace(NftSample.table());
        nft.delete("braid");
        nft.delete("braid");
        assertThat(nft.read("other")).isEqualTo(FOREIGN);
        assertThat(nft.bases()).isEqualTo(before);
    }

    @Test
    void oneRefusedRuleLeavesEverythingAsItWas() {
        nft.replace(NftSample.table());
        NftChain misplaced = new NftChain("input", Hook.INPUT, 0, Type.FILTER,
                List.of(NftRule.of("fine", new Drop()), NftRule.of("no nat here", new NftExpression.Masquerade())));
        assertThatThrownBy(() -> nft.replace(new NftTable("braid", List.of(misplaced))))
                .isInstanceOf(LinuxException.class)
                .hasMessageStartingWith("table braid: NEWRULE \"no nat here\": ");
        assertThat(nft.read("braid")).isEqualTo(NftSample.table());
        nft.replace(NftSample.table());
    }

    @Test
    void countersAreReadByComment() throws Exception {
        nft.replace(table("braid", NftRule.of("local", NftSample.out("lo"), new Count(), new Accept()),
                NftRule.of("rest", new Count(), new Drop())));
        try (Rtnetlink netlink = ns.netlink()) {
            netlink.up(netlink.link("lo").index());
        }
        ns.call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                byte[] payload = new byte[100];
                for (int i = 0; i < 3; i++) {
                    socket.send(new DatagramPacket(payload, 100, InetAddress.getByName("127.0.0.1"), 9));
                }
            }
            return 0;
        });
        // Each is answered by an ICMP error, which leaves by the same device: 28 bytes more than the datagram's 128.
        NftCount local = nft.counts("braid").get("local");
        assertThat(local).isNotNull();
        assertThat(local.packets()).isBetween(3L, 6L);
        assertThat(local.bytes()).isGreaterThanOrEqualTo(3 * 128L);
        assertThat(nft.counts("braid").get("rest")).isEqualTo(new NftCount(0, 0));
        assertThat(nft.counts("missing")).isEmpty();
    }

    @Test
    void whatSomebodyElseAddedMakesATableUnequal() {
        NftTable written = table("braid", NftRule.of("a", new Drop()));
        nft.replace(written);
        Request rule = new Request(Nf.NFT_MSG_NEWRULE, Request.NLM_F_CREATE | Request.NLM_F_APPEND)
                .u8(Nf.NFPROTO_INET, 0)
                .big16(0)
                .attribute(Nf.NFTA_RULE_TABLE, "braid")
                .attribute(Nf.NFTA_RULE_CHAIN, "output");
        int list = rule.open(Nf.NFTA_RULE_EXPRESSIONS);
        int element = rule.open(Nf.NFTA_LIST_ELEM);
        int data = rule.attribute(Nf.NFTA_EXPR_NAME, "payload").open(Nf.NFTA_EXPR_DATA);
        rule.big32(1, Nf.NFT_REG_1).big32(2, 1).big32(3, 0).big32(4, 4).close(data).close(element).close(list);
        try (NetlinkSocket raw = ns.call(() -> NetlinkSocket.open(Nf.NETLINK_NETFILTER, false))) {
            raw.transactBatch(NftWriter.begin(), List.of(new Change("payload", rule)), NftWriter.end(), "test");
        }
        NftTable read = nft.read("braid");
        assertThat(read).isNotNull().isNotEqualTo(written);
        assertThat(read.chains().getFirst().rules()).contains(NftRule.of("", new Other("payload")));
    }

    @Test
    void changesByAnybodyAreTold() {
        try (NftMonitor monitor = ns.call(NftMonitor::open);
                Poller poller = Poller.open()) {
            poller.add(monitor.descriptor(), 0);
            assertThat(monitor.drain()).isFalse();
            nft.replace(NftSample.table());
            poller.await(TimeUnit.SECONDS.toNanos(5));
            assertThat(poller.ready()).isEqualTo(1);
            assertThat(monitor.drain()).isTrue();
            assertThat(monitor.drain()).isFalse();
            nft.delete("braid");
            assertThat(monitor.drain()).isTrue();
        }
    }

    @Test
    void anotherNamespaceHasTablesOfItsOwn() {
        try (NetworkNamespace elsewhere = NetworkNamespace.create("nft2");
                Nftables there = elsewhere.call(Nftables::open)) {
            assertThat(there.read("other")).isNull();
            assertThat(there.bases()).isEmpty();
        }
    }
}
