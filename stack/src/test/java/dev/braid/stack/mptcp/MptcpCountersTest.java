package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counters;
import dev.braid.stack.rig.CoreRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Counters have the names that nstat prints of a kernel, in whatever order. */
final class MptcpCountersTest {
    /** The line {@code MPTcpExt:} of {@code /proc/net/netstat}, Linux 6.18. */
    private static final String LINUX = """
            MPCapableSYNRX MPCapableSYNTX MPCapableSYNACKRX MPCapableACKRX MPCapableFallbackACK MPCapableFallbackSYNACK
            MPCapableSYNTXDrop MPCapableSYNTXDisabled MPCapableEndpAttempt MPFallbackTokenInit MPTCPRetrans
            MPJoinNoTokenFound MPJoinSynRx MPJoinSynBackupRx MPJoinSynAckRx MPJoinSynAckBackupRx MPJoinSynAckHMacFailure
            MPJoinAckRx MPJoinAckHMacFailure MPJoinRejected MPJoinSynTx MPJoinSynTxCreatSkErr MPJoinSynTxBindErr
            MPJoinSynTxConnectErr DSSNotMatching DSSCorruptionFallback DSSCorruptionReset InfiniteMapTx InfiniteMapRx
            DSSNoMatchTCP DataCsumErr OFOQueueTail OFOQueue OFOMerge NoDSSInWindow DuplicateData AddAddr AddAddrTx
            AddAddrTxDrop EchoAdd EchoAddTx EchoAddTxDrop PortAdd AddAddrDrop MPJoinPortSynRx MPJoinPortSynAckRx
            MPJoinPortAckRx MismatchPortSynRx MismatchPortAckRx RmAddr RmAddrDrop RmAddrTx RmAddrTxDrop RmSubflow MPPrioTx
            MPPrioRx MPFailTx MPFailRx MPFastcloseTx MPFastcloseRx MPRstTx MPRstRx SubflowStale SubflowRecover SndWndShared
            RcvWndShared RcvWndConflictUpdate RcvWndConflict MPCurrEstab Blackhole MPCapableDataFallback MD5SigFallback
            DssFallback SimultConnectFallback FallbackFailed WinProbe
            """;

    @Test
    void everyCounterOfTheKernelIsThereUnderItsName() {
        try (var rig = new CoreRig()) {
            List<String> wanted = names(LINUX);
            assertThat(wanted).hasSize(76);
            assertThat(ours(rig.counters)).containsAll(wanted);
            assertThat(ours(rig.counters)).filteredOn(name -> name.startsWith("MPTcpExt") && !wanted.contains(name))
                    .as("beside them one that earlier and later kernels have")
                    .containsExactly("MPTcpExtRcvPruned");
        }
    }

    @Test
    @EnabledIf("hasMultipath")
    void theKernelOfThisMachineHasNoOther() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/net/netstat")).stream()
                .filter(said -> said.startsWith("MPTcpExt: MP"))
                .findFirst()
                .orElse("");
        try (var rig = new CoreRig()) {
            assertThat(ours(rig.counters)).containsAll(names(line.substring(line.indexOf(' '))));
        }
    }

    static boolean hasMultipath() throws IOException {
        Path netstat = Path.of("/proc/net/netstat");
        return Files.isReadable(netstat) && Files.readString(netstat).contains("MPTcpExt: MP");
    }

    private static List<String> names(String text) {
        return Arrays.stream(text.strip().split("\\s+")).map(name -> "MPTcpExt" + name).toList();
    }

    private static List<String> ours(Counters counters) {
        var names = new ArrayList<String>();
        counters.forEach((name, value) -> names.add(name));
        return names;
    }
}
