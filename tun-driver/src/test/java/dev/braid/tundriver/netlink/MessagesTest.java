package dev.braid.tundriver.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Addresses and routes are compared with what iproute2 sends, seen with strace(1) on a little-endian machine. */
class MessagesTest {
    @BeforeAll
    static void onLittleEndianMachines() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the expected bytes are little-endian");
    }

    private static String hex(Request request) {
        return HexFormat.of().formatHex(request.finish(7, true));
    }

    private static List<Reply> replies(String hex) {
        List<Reply> found = new ArrayList<>();
        Reply.split(HexFormat.of().parseHex(hex.replace(" ", "")), found::add);
        return found;
    }

    @Test
    void anAddressIsAddedAsIpDoesIt() {
        assertThat(hex(AddressMessages.add(3, Prefix.parse("10.77.0.1/24"))))
                .isEqualTo("28000000" + "1400" + "0506" + "07000000" + "00000000" // header: ACK, EXCL, CREATE
                        + "02180000" + "03000000"
                        + "08000200" + "0a4d0001"
                        + "08000100" + "0a4d0001");
    }

    @Test
    void anIpv6AddressIsAddedWithoutDuplicateAddressDetection() {
        assertThat(hex(AddressMessages.add(3, Prefix.parse("fd77::1/64")))).endsWith("08000800" + "02000000");
    }

    @Test
    void nestedAttributesAndPaddingAreLaidOutInFours() {
        assertThat(hex(LinkMessages.createVeth("a", "bc", -1)))
                .isEqualTo("58000000" + "1000" + "0506" + "07000000" + "00000000"
                        + "00000000" + "00000000" + "00000000" + "00000000"
                        + "06000300" + "61000000" // IFLA_IFNAME "a"
                        + "30001280" // IFLA_LINKINFO
                        + "09000100" + "76657468" + "00000000" // IFLA_INFO_KIND "veth"
                        + "20000280" // IFLA_INFO_DATA
                        + "1c000180" // VETH_INFO_PEER, with an ifinfomsg of its own in front
                        + "00000000" + "00000000" + "00000000" + "00000000"
                        + "07000300" + "62630000");
    }

    @Test
    void aRouteFindsItsTableInTheAttributeWhenItDoesNotFitTheHeader() {
        Route route = Route.to(Prefix.parse("10.99.0.0/16")).device(3).table(7_001).protocol(77).build();
        String bytes = hex(RouteMessages.add(route));
        assertThat(bytes.substring(32, 56)).isEqualTo("02100000" + "004dfd01" + "00000000");
        assertThat(bytes).contains("08000f00" + "591b0000");
    }

    @Test
    void aRefusalTellsErrorAndWords() {
        Reply reply = replies("34000000 0200 0003 07000000 00000000"
                + "eaffffff 28000000 1000 0506 07000000 00000000"
                + "0d000100 6d747520 6c657373 00000000")
                .getFirst();
        assertThat(reply.type()).isEqualTo(Reply.NLMSG_ERROR);
        assertThat(reply.errno()).isEqualTo(22);
        assertThat(reply.errorText()).isEqualTo("mtu less");
        assertThat(NetlinkAdvice.failure("tun0", "RTM_NEWLINK", 22, reply.errorText()))
                .hasMessage("tun0: RTM_NEWLINK: EINVAL (Invalid argument): the kernel says \"mtu less\"");
    }

    @Test
    void lyingLengthsEndTheMessageAndReadNothingElse() {
        assertThat(replies("ffff0000 1000 0000 07000000 00000000")).isEmpty();
        assertThat(replies("0f000000 1000 0000 07000000 00000000")).isEmpty();
        assertThat(replies("10000000 1000")).isEmpty();
        assertThat(LinkMessages.parse(replies("14000000 1000 0000 07000000 00000000 00000000").getFirst()))
                .isNull();
        assertThat(AddressMessages.parse(replies("14000000 1400 0000 07000000 00000000 02180000").getFirst()))
                .isNull();
        assertThat(RouteMessages.parse(replies("14000000 1800 0000 07000000 00000000 02180000").getFirst()))
                .isNull();
        // An attribute that claims more than is there, and one that claims less than its own header.
        assertThat(AddressMessages.parse(replies(
                "20000000 1400 0000 07000000 00000000 02180000 03000000 ff000200 0a4d0001")
                .getFirst()))
                .isNull();
        assertThat(AddressMessages.parse(replies(
                "20000000 1400 0000 07000000 00000000 02180000 03000000 03000200 0a4d0001")
                .getFirst()))
                .isNull();
    }

    @Test
    void aPrefixLongerThanItsAddressIsNoAddress() {
        assertThat(AddressMessages.parse(replies(
                "20000000 1400 0000 07000000 00000000 02400000 03000000 08000200 0a4d0001")
                .getFirst()))
                .isNull();
        assertThat(AddressMessages.parse(replies(
                "20000000 1400 0000 07000000 00000000 02180000 03000000 08000200 0a4d0001")
                .getFirst()))
                .isEqualTo(new LinkAddress(3, new Prefix(IpAddress.parse("10.77.0.1"), 24), 0));
    }
}
