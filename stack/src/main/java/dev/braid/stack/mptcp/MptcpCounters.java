package dev.braid.stack.mptcp;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;

/** What Multipath TCP counts: the kernel's {@code MPTcpExt} names, as its nstat prints them. */
final class MptcpCounters {
    /** By the decision's ordinal. */
    private final Counter[] schedulings;

    private final Counter[] livenesses;
    /** Segments that ask whether a path lives. */
    final Counter probes;
    /** Their size, IP headers included. */
    final Counter probeBytes;

    // Handshake.
    final Counter mpCapableSynRx;
    final Counter mpCapableSynTx;
    final Counter mpCapableSynAckRx;
    final Counter mpCapableAckRx;
    final Counter mpCapableFallbackAck;
    final Counter mpCapableFallbackSynAck;
    final Counter mpCapableSynTxDrop;
    final Counter mpCapableSynTxDisabled;
    final Counter mpCapableEndpAttempt;
    final Counter mpFallbackTokenInit;
    final Counter mpCurrEstab;
    final Counter blackhole;

    // Joins.
    final Counter mpJoinNoTokenFound;
    final Counter mpJoinSynRx;
    final Counter mpJoinSynBackupRx;
    final Counter mpJoinSynAckRx;
    final Counter mpJoinSynAckBackupRx;
    final Counter mpJoinSynAckHmacFailure;
    final Counter mpJoinAckRx;
    final Counter mpJoinAckHmacFailure;
    final Counter mpJoinRejected;
    final Counter mpJoinSynTx;
    final Counter mpJoinSynTxCreatSkErr;
    final Counter mpJoinSynTxBindErr;
    final Counter mpJoinSynTxConnectErr;
    final Counter mpJoinPortSynRx;
    final Counter mpJoinPortSynAckRx;
    final Counter mpJoinPortAckRx;
    final Counter mismatchPortSynRx;
    final Counter mismatchPortAckRx;

    // Data.
    final Counter mptcpRetrans;
    final Counter dssNotMatching;
    final Counter dssCorruptionFallback;
    final Counter dssCorruptionReset;
    final Counter infiniteMapTx;
    final Counter infiniteMapRx;
    final Counter dssNoMatchTcp;
    final Counter dataCsumErr;
    final Counter ofoQueueTail;
    final Counter ofoQueue;
    final Counter ofoMerge;
    final Counter noDssInWindow;
    final Counter duplicateData;
    final Counter sndWndShared;
    final Counter rcvWndShared;
    final Counter rcvWndConflictUpdate;
    final Counter rcvWndConflict;
    /** The kernel had it up to 6.12. */
    final Counter rcvPruned;
    final Counter winProbe;
    /** DATA_ACKs of data that was never sent; the kernel has no name for it. */
    final Counter dataAckUnsent;

    // Addresses.
    final Counter addAddr;
    final Counter addAddrTx;
    final Counter addAddrTxDrop;
    final Counter echoAdd;
    final Counter echoAddTx;
    final Counter echoAddTxDrop;
    final Counter portAdd;
    final Counter addAddrDrop;
    final Counter rmAddr;
    final Counter rmAddrDrop;
    final Counter rmAddrTx;
    final Counter rmAddrTxDrop;
    final Counter rmSubflow;

    // Addresses, beyond what the kernel counts.
    final Counter addAddrHmacFailure;
    final Counter endpointsFull;
    private final Counter[] decisions = new Counter[PathDecision.values().length];

    // Control.
    final Counter mpPrioTx;
    final Counter mpPrioRx;
    final Counter mpFailTx;
    final Counter mpFailRx;
    final Counter mpFastcloseTx;
    final Counter mpFastcloseRx;
    final Counter mpRstTx;
    final Counter mpRstRx;
    final Counter subflowStale;
    final Counter subflowRecover;

    // Why a connection fell back.
    final Counter mpCapableDataFallback;
    final Counter md5SigFallback;
    final Counter dssFallback;
    final Counter simultConnectFallback;
    final Counter fallbackFailed;

    MptcpCounters(Counters all) {
        mpCapableSynRx = all.counter("MPTcpExtMPCapableSYNRX");
        mpCapableSynTx = all.counter("MPTcpExtMPCapableSYNTX");
        mpCapableSynAckRx = all.counter("MPTcpExtMPCapableSYNACKRX");
        mpCapableAckRx = all.counter("MPTcpExtMPCapableACKRX");
        mpCapableFallbackAck = all.counter("MPTcpExtMPCapableFallbackACK");
        mpCapableFallbackSynAck = all.counter("MPTcpExtMPCapableFallbackSYNACK");
        mpCapableSynTxDrop = all.counter("MPTcpExtMPCapableSYNTXDrop");
        mpCapableSynTxDisabled = all.counter("MPTcpExtMPCapableSYNTXDisabled");
        mpCapableEndpAttempt = all.counter("MPTcpExtMPCapableEndpAttempt");
        mpFallbackTokenInit = all.counter("MPTcpExtMPFallbackTokenInit");
        mpCurrEstab = all.counter("MPTcpExtMPCurrEstab");
        blackhole = all.counter("MPTcpExtBlackhole");
        mpJoinNoTokenFound = all.counter("MPTcpExtMPJoinNoTokenFound");
        mpJoinSynRx = all.counter("MPTcpExtMPJoinSynRx");
        mpJoinSynBackupRx = all.counter("MPTcpExtMPJoinSynBackupRx");
        mpJoinSynAckRx = all.counter("MPTcpExtMPJoinSynAckRx");
        mpJoinSynAckBackupRx = all.counter("MPTcpExtMPJoinSynAckBackupRx");
        mpJoinSynAckHmacFailure = all.counter("MPTcpExtMPJoinSynAckHMacFailure");
        mpJoinAckRx = all.counter("MPTcpExtMPJoinAckRx");
        mpJoinAckHmacFailure = all.counter("MPTcpExtMPJoinAckHMacFailure");
        mpJoinRejected = all.counter("MPTcpExtMPJoinRejected");
        mpJoinSynTx = all.counter("MPTcpExtMPJoinSynTx");
        mpJoinSynTxCreatSkErr = all.counter("MPTcpExtMPJoinSynTxCreatSkErr");
        mpJoinSynTxBindErr = all.counter("MPTcpExtMPJoinSynTxBindErr");
        mpJoinSynTxConnectErr = all.counter("MPTcpExtMPJoinSynTxConnectErr");
        mpJoinPortSynRx = all.counter("MPTcpExtMPJoinPortSynRx");
        mpJoinPortSynAckRx = all.counter("MPTcpExtMPJoinPortSynAckRx");
        mpJoinPortAckRx = all.counter("MPTcpExtMPJoinPortAckRx");
        mismatchPortSynRx = all.counter("MPTcpExtMismatchPortSynRx");
        mismatchPortAckRx = all.counter("MPTcpExtMismatchPortAckRx");
        mptcpRetrans = all.counter("MPTcpExtMPTCPRetrans");
        dssNotMatching = all.counter("MPTcpExtDSSNotMatching");
        dssCorruptionFallback = all.counter("MPTcpExtDSSCorruptionFallback");
        dssCorruptionReset = all.counter("MPTcpExtDSSCorruptionReset");
        infiniteMapTx = all.counter("MPTcpExtInfiniteMapTx");
        infiniteMapRx = all.counter("MPTcpExtInfiniteMapRx");
        dssNoMatchTcp = all.counter("MPTcpExtDSSNoMatchTCP");
        dataCsumErr = all.counter("MPTcpExtDataCsumErr");
        ofoQueueTail = all.counter("MPTcpExtOFOQueueTail");
        ofoQueue = all.counter("MPTcpExtOFOQueue");
        ofoMerge = all.counter("MPTcpExtOFOMerge");
        noDssInWindow = all.counter("MPTcpExtNoDSSInWindow");
        duplicateData = all.counter("MPTcpExtDuplicateData");
        sndWndShared = all.counter("MPTcpExtSndWndShared");
        rcvWndShared = all.counter("MPTcpExtRcvWndShared");
        rcvWndConflictUpdate = all.counter("MPTcpExtRcvWndConflictUpdate");
        rcvWndConflict = all.counter("MPTcpExtRcvWndConflict");
        rcvPruned = all.counter("MPTcpExtRcvPruned");
        winProbe = all.counter("MPTcpExtWinProbe");
        dataAckUnsent = all.counter("MptcpDataAckUnsent");
        addAddr = all.counter("MPTcpExtAddAddr");
        addAddrTx = all.counter("MPTcpExtAddAddrTx");
        addAddrTxDrop = all.counter("MPTcpExtAddAddrTxDrop");
        echoAdd = all.counter("MPTcpExtEchoAdd");
        echoAddTx = all.counter("MPTcpExtEchoAddTx");
        echoAddTxDrop = all.counter("MPTcpExtEchoAddTxDrop");
        portAdd = all.counter("MPTcpExtPortAdd");
        addAddrDrop = all.counter("MPTcpExtAddAddrDrop");
        rmAddr = all.counter("MPTcpExtRmAddr");
        rmAddrDrop = all.counter("MPTcpExtRmAddrDrop");
        rmAddrTx = all.counter("MPTcpExtRmAddrTx");
        rmAddrTxDrop = all.counter("MPTcpExtRmAddrTxDrop");
        rmSubflow = all.counter("MPTcpExtRmSubflow");
        addAddrHmacFailure = all.counter("MptcpAddAddrHmacFailure");
        endpointsFull = all.counter("MptcpEndpointsFull");
        for (PathDecision decision : PathDecision.values()) {
            decisions[decision.ordinal()] = all.counter(decision.counter());
        }
        mpPrioTx = all.counter("MPTcpExtMPPrioTx");
        mpPrioRx = all.counter("MPTcpExtMPPrioRx");
        mpFailTx = all.counter("MPTcpExtMPFailTx");
        mpFailRx = all.counter("MPTcpExtMPFailRx");
        mpFastcloseTx = all.counter("MPTcpExtMPFastcloseTx");
        mpFastcloseRx = all.counter("MPTcpExtMPFastcloseRx");
        mpRstTx = all.counter("MPTcpExtMPRstTx");
        mpRstRx = all.counter("MPTcpExtMPRstRx");
        subflowStale = all.counter("MPTcpExtSubflowStale");
        subflowRecover = all.counter("MPTcpExtSubflowRecover");
        mpCapableDataFallback = all.counter("MPTcpExtMPCapableDataFallback");
        md5SigFallback = all.counter("MPTcpExtMD5SigFallback");
        dssFallback = all.counter("MPTcpExtDssFallback");
        simultConnectFallback = all.counter("MPTcpExtSimultConnectFallback");
        fallbackFailed = all.counter("MPTcpExtFallbackFailed");
        livenesses = new Counter[LivenessDecision.values().length];
        for (LivenessDecision decision : LivenessDecision.values()) {
            livenesses[decision.ordinal()] = all.counter(decision.counter());
        }
        probes = all.counter("MptcpLiveProbes");
        probeBytes = all.counter("MptcpLiveProbeBytes");
        schedulings = new Counter[SchedulingDecision.values().length];
        for (SchedulingDecision decision : SchedulingDecision.values()) {
            schedulings[decision.ordinal()] = all.counter(decision.counter());
        }
    }

    /** Something was decided about a path that is, or seemed, silent. */
    void decided(LivenessDecision decision) {
        livenesses[decision.ordinal()].increment();
    }

    /** A packet scheduler decided something. */
    void decided(SchedulingDecision decision) {
        schedulings[decision.ordinal()].increment();
    }

    /** A path manager decided something. */
    void decided(PathDecision decision) {
        decisions[decision.ordinal()].increment();
        if (decision == PathDecision.CLOSED_LOCAL_GONE) {
            rmSubflow.increment();
        }
    }
}
