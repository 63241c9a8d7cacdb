package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.Link;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.script.Variant;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** IPv4 and IPv6 in one connection, whichever it began with: every link has an address of each. */
class FamiliesScriptTest extends TwoPathScript {
    private static final int OTHER_ID = 9;

    private Variant other() {
        return variant().host.isIpv4() ? Variant.V6 : Variant.V4;
    }

    private IpAddress otherHostAddress(int nic) {
        return address(nic, other().host);
    }

    private IpAddress otherPeerAddress(int nic) {
        return address(nic, other().peer);
    }

    @Override
    protected List<Link> links() {
        var links = new ArrayList<Link>();
        for (int i = 0; i < NICS; i++) {
            List<Prefix> both = List.of(prefix(hostAddress(i)), prefix(otherHostAddress(i)));
            links.add(new Link(i, "sim" + i, both, mtu(), offloads()));
        }
        return links;
    }

    private static Prefix prefix(IpAddress address) {
        return new Prefix(address, address.isIpv4() ? 24 : 64);
    }

    /** The path of the other family between the host's second link and the peer. */
    private Path otherPath() {
        return path("other", otherHostAddress(1), 1, otherPeerAddress(1), PEER_PORT, OTHER_ID);
    }

    private void otherEndpoint(int flags) {
        try {
            core().mptcp().hostPaths().endpoints().add(otherHostAddress(1), 0, flags, 1, OTHER_ID);
        } catch (EndpointException e) {
            throw new AssertionError(e);
        }
        flushed();
    }

    /** One stream, half of it by each family, both ways. */
    private void carriesDataBothWays(Path by) {
        by.sends(data(1, 101).with(map(111, 1, 100))).sees(ack(1, 101).with(dss().ack(11)));
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(211)));
        conn.reads(200).write(1_000);
        by.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(101, 1_001).with(dss().ack(1_001)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void theHostJoinsAnAddressOfTheOtherFamilyThatWasAnnounced() {
        isOpen(Role.CLIENT);
        Path joined = otherPath();
        joined.hostPort(0);
        otherEndpoint(SUBFLOW);
        first.seesNothing();
        first.sends(ack(11, 1).with(addAddr(OTHER_ID, otherPeerAddress(1))));
        first.sees(ack(1, 11).with(addAddr(OTHER_ID, otherPeerAddress(1)).echo())).seesNothing();
        isJoined(joined);
        carriesDataBothWays(joined);
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void theHostAnnouncesAnAddressOfTheOtherFamilyAndIsJoinedThere() {
        isOpen(Role.SERVER);
        Path joining = otherPath();
        otherEndpoint(SIGNAL);
        first.sees(ack(1, 11).with(addAddr(OTHER_ID, otherHostAddress(1))));
        first.sends(ack(11, 1).with(addAddr(OTHER_ID, otherHostAddress(1)).echo())).seesNothing();
        joins(joining);
        carriesDataBothWays(joining);
    }

    @Test
    void aPeerJoinsFromTheOtherFamilyByItsTokenAlone() {
        isOpen(Role.SERVER);
        Path joining = otherPath();
        joins(joining);
        carriesDataBothWays(joining);
    }

    @Test
    void anEndpointOfTheOtherFamilyOpensNothingAsLongAsThePeerHasNoSuchAddress() {
        isOpen(Role.CLIENT);
        otherEndpoint(SUBFLOW);
        afterWhatever(5_000);
        first.seesNothing();
        assertThat(counter("MPTcpExtMPJoinSynTx")).isZero();
    }
}
