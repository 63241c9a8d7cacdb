package dev.braid.stack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.rig.CoreRig;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PathMtuTest {
    private static final long MINUTE_NS = 60_000_000_000L;
    private final Link link = CoreRig.link(0, "10.77.0.2/24", "fd77::2/64");
    private final CoreRig rig = new CoreRig(CoreConfig.with(c -> {
        c.mtuExpiresNs = 10 * MINUTE_NS;
        c.maxPathMtus = 4;
    }), link,
            CoreRig.link(1, "10.78.0.2/24"));

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private IpPath path(String local, String remote) {
        IpAddress from = IpAddress.parse(local);
        IpAddress to = IpAddress.parse(remote);
        IpPath path = rig.core.ip().route(from.hi(), from.lo(), to.hi(), to.lo());
        assertThat(path).isNotNull();
        return path;
    }

    private IpPath path4() {
        return path("10.77.0.2", "192.0.2.1");
    }

    private IpPath path6() {
        return path("fd77::2", "2001:db8::1");
    }

    @Test
    @Rfc({"1191", "6.1"})
    void whatOnePathLearnsAllPathsToThatDestinationKnow() {
        IpPath one = path4();
        IpPath other = path4();
        assertThat(one.mtu()).isEqualTo(1500);
        assertThat(one.lowerMtu(1400, rig.nowNs)).isTrue();
        assertThat(one.mtu()).isEqualTo(1400);
        assertThat(other.mtu()).isEqualTo(1400);
        assertThat(path4().mtu()).as("made later").isEqualTo(1400);
    }

    @Test
    void otherDestinationsAndOtherLinksDoNotSuffer() {
        path4().lowerMtu(1400, rig.nowNs);
        assertThat(path("10.77.0.2", "192.0.2.2").mtu()).isEqualTo(1500);
        assertThat(path("10.78.0.2", "192.0.2.1").mtu()).isEqualTo(1500);
    }

    @Test
    @Rfc({"8201", "4"})
    void nothingThatArrivesRaisesIt() {
        IpPath path = path4();
        path.lowerMtu(1400, rig.nowNs);
        assertThat(path.lowerMtu(1400, rig.nowNs)).isFalse();
        assertThat(path.lowerMtu(1450, rig.nowNs)).isFalse();
        assertThat(path.lowerMtu(65_535, rig.nowNs)).isFalse();
        assertThat(path.mtu()).isEqualTo(1400);
        assertThat(path6().lowerMtu(1500, rig.nowNs)).as("the link's own").isFalse();
    }

    @Test
    void itNeverExceedsTheLinks() {
        IpPath path = path4();
        path.lowerMtu(1400, rig.nowNs);
        rig.core.onDevice(0, true, 1300, rig.nowNs);
        assertThat(path.mtu()).isEqualTo(1300);
        rig.core.onDevice(0, true, 9000, rig.nowNs);
        assertThat(path.mtu()).isEqualTo(1400);
    }

    @Test
    void anIpv4ClaimBelowTheFloorSetsTheFloorAndLetsRoutersCut() {
        IpPath path = path4();
        assertThat(path.dontFragment()).isTrue();
        assertThat(path.lowerMtu(68, rig.nowNs)).isTrue();
        assertThat(path.mtu()).isEqualTo(552);
        assertThat(path.dontFragment()).isFalse();
        assertThat(path.lowerMtu(68, rig.nowNs)).as("nothing new").isFalse();
        assertThat(path.lowerMtu(552, rig.nowNs)).isFalse();
    }

    @Test
    @Rfc({"8201", "4"})
    void anIpv6ClaimBelow1280IsIgnored() {
        IpPath path = path6();
        assertThat(path.lowerMtu(1279, rig.nowNs)).isFalse();
        assertThat(path.lowerMtu(0, rig.nowNs)).isFalse();
        assertThat(path.mtu()).isEqualTo(1500);
        assertThat(path.lowerMtu(1280, rig.nowNs)).isTrue();
        assertThat(path.mtu()).isEqualTo(1280);
    }

    @Test
    @Rfc({"1191", "6.3"})
    void itIsForgottenAfterTenMinutes() {
        IpPath path = path4();
        path.lowerMtu(1400, rig.nowNs);
        rig.after(10 * MINUTE_NS - 1_000_000);
        assertThat(path.mtu()).isEqualTo(1400);
        rig.after(2_000_000);
        assertThat(path.mtu()).isEqualTo(1500);
        assertThat(rig.core.deadlines()).isZero();
    }

    @Test
    void eachDestinationIsForgottenInItsTime() {
        IpPath early = path4();
        IpPath late = path("10.77.0.2", "192.0.2.2");
        early.lowerMtu(1400, rig.nowNs);
        rig.after(6 * MINUTE_NS);
        late.lowerMtu(1400, rig.nowNs);
        rig.after(5 * MINUTE_NS);
        assertThat(early.mtu()).isEqualTo(1500);
        assertThat(late.mtu()).isEqualTo(1400);
        rig.after(6 * MINUTE_NS);
        assertThat(late.mtu()).isEqualTo(1500);
    }

    @Test
    void aLowerClaimCountsItsTenMinutesAnew() {
        IpPath path = path4();
        path.lowerMtu(1400, rig.nowNs);
        rig.after(6 * MINUTE_NS);
        path.lowerMtu(1300, rig.nowNs);
        rig.after(6 * MINUTE_NS);
        assertThat(path.mtu()).isEqualTo(1300);
    }

    @Test
    void whatIsRememberedIsBoundedAndTheOldestGoesFirst() {
        for (int i = 1; i <= 6; i++) {
            path("10.77.0.2", "192.0.2." + i).lowerMtu(1400, rig.nowNs);
        }
        assertThat(path("10.77.0.2", "192.0.2.2").mtu()).isEqualTo(1500);
        assertThat(path("10.77.0.2", "192.0.2.3").mtu()).isEqualTo(1400);
        assertThat(path("10.77.0.2", "192.0.2.6").mtu()).isEqualTo(1400);
    }
}
