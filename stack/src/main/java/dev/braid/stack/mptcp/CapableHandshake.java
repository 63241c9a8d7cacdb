package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.CapableOption;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.tcp.SegmentKind;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.UpperLayer.Verdict;

/**
 * MP_CAPABLE's packets on a connection's first subflow (RFC 8684 section 3.1). The end that opened it says its key on every ACK, and
 * on its first data, until an option of the peer's proves that it was heard.
 */
final class CapableHandshake implements Handshake {
    private final MptcpConnection connection;
    private final Subflow subflow;
    /** SYNs that carried MP_CAPABLE. */
    private int synsSent;
    /** A SYN without was sent: an answer without is not the peer's doing. */
    private boolean dropped;
    /**
     * The peer's last SYN had no MP_CAPABLE: "the SYN/ACK MUST NOT contain one in response". It may have overtaken one that had, so
     * the third packet decides.
     */
    private boolean answersPlain;
    /** The peer's key is known. */
    private boolean keyed;

    CapableHandshake(MptcpConnection connection, Subflow subflow) {
        this.connection = connection;
        this.subflow = subflow;
    }

    @Override
    public int length(SegmentKind kind) {
        return switch (kind) {
            case SYN -> mayTry() ? MptcpOptionWriter.CAPABLE_SYN : 0;
            case SYN_ACK -> answersPlain ? 0 : MptcpOptionWriter.CAPABLE_SYN_ACK;
            case THIRD_ACK, ACK -> says() ? MptcpOptionWriter.CAPABLE_ACK : 0;
            case DATA -> !says()
                    ? 0
                    : connection.checksum ? MptcpOptionWriter.CAPABLE_DATA_CHECKSUM : MptcpOptionWriter.CAPABLE_DATA;
            case PROBE, RESET -> 0;
        };
    }

    private boolean says() {
        return keyed && !connection.serverSide;
    }

    private boolean mayTry() {
        if (!dropped && synsSent > connection.layer.config.synRetransBeforeTcpFallback) {
            dropped = true;
            connection.layer.counters.mpCapableSynTxDrop.increment();
        }
        return !dropped;
    }

    @Override
    public int write(SegmentKind kind, long address, long streamOffset) {
        int flags = flags();
        return switch (kind) {
            case SYN -> {
                if (synsSent++ == 0) {
                    connection.layer.counters.mpCapableSynTx.increment();
                }
                yield MptcpOptionWriter.writeCapableSyn(address, flags);
            }
            case SYN_ACK -> MptcpOptionWriter.writeCapableSynAck(address, flags, connection.localKey);
            case THIRD_ACK, ACK -> MptcpOptionWriter.writeCapableAck(
                    address, flags, connection.localKey, connection.remoteKey);
            case DATA -> writeData(address, flags, streamOffset);
            case PROBE, RESET -> 0;
        };
    }

    /** "This MP_CAPABLE option is used in place of the DSS": the DATA_FIN, for which it has no flag, follows on its own. */
    private int writeData(long address, int flags, long streamOffset) {
        SentMappings mappings = subflow.mappings;
        int index = mappings.find(streamOffset);
        int length = mappings.length(index);
        int checksum = connection.checksum
                ? DssOption.checksum(connection.idsnLocal + 1, 1, length, mappings.sum(index))
                : MptcpOptionWriter.NO_CHECKSUM;
        return MptcpOptionWriter.writeCapableData(
                address, flags, connection.localKey, connection.remoteKey, length, checksum);
    }

    private int flags() {
        MptcpConfig config = connection.layer.config;
        return CapableOption.HMAC_SHA256
                | (connection.checksum ? CapableOption.CHECKSUM_REQUIRED : 0)
                | (config.allowJoinInitialAddressPort ? 0 : CapableOption.DENY_JOIN_INITIAL);
    }

    /** Whether a MP_CAPABLE may be used: an algorithm that is known, and no extension that is not. */
    static boolean usable(MptcpOptions options) {
        int flags = options.capable().flags();
        return (flags & CapableOption.EXTENSIBILITY) == 0 && (flags & CapableOption.HMAC_SHA256) != 0;
    }

    @Override
    public boolean passive() {
        return connection.serverSide;
    }

    @Override
    public Verdict onSegment(TcpSegment segment, MptcpOptions options, long nowNs) {
        if (segment.has(Tcp.SYN)) {
            if (connection.serverSide) {
                answersPlain = !options.has(MptcpOptions.MP_CAPABLE);
            } else {
                onAnswer(segment, options, nowNs);
            }
            return Verdict.PROCEED;
        }
        if (connection.serverSide) {
            return keyed ? Verdict.PROCEED : onThirdAck(options, nowNs);
        }
        if (keyed && (options.present() & ~(MptcpOptions.MP_CAPABLE | MptcpOptions.MP_TCPRST)) != 0) {
            subflow.handshakeDone();
            connection.onFullyEstablished();
        }
        return Verdict.PROCEED;
    }

    /** A SYN/ACK, or a SYN that crossed ours. */
    private void onAnswer(TcpSegment segment, MptcpOptions options, long nowNs) {
        if (keyed) {
            return;
        }
        MptcpLayer layer = connection.layer;
        if (!segment.has(Tcp.ACK)) {
            layer.counters.simultConnectFallback.increment();
            connection.fallback.begin(subflow, FallbackReason.SIMULTANEOUS_OPEN, nowNs);
            return;
        }
        boolean answered = options.has(MptcpOptions.MP_CAPABLE)
                && options.capable().length() == MptcpOptionWriter.CAPABLE_SYN_ACK
                && options.capable().version() == MptcpOptions.VERSION
                && usable(options);
        if (answered) {
            layer.counters.mpCapableSynAckRx.increment();
            layer.blackholes.passed(subflow.tcb.link(), segment.srcHi, segment.srcLo);
            learn(options, options.capable().senderKey());
        } else if (dropped) {
            layer.counters.blackhole.increment();
            layer.blackholes.found(subflow.tcb.link(), segment.srcHi, segment.srcLo, nowNs);
            connection.fallback.begin(subflow, FallbackReason.SYN_UNANSWERED, nowNs);
        } else {
            layer.counters.mpCapableFallbackSynAck.increment();
            connection.fallback.begin(subflow, FallbackReason.NOT_CAPABLE, nowNs);
        }
    }

    /** "If the third packet (the ACK) does not contain the MP_CAPABLE option, then the session MUST fall back". */
    private Verdict onThirdAck(MptcpOptions options, long nowNs) {
        boolean said = options.has(MptcpOptions.MP_CAPABLE)
                && options.capable().length() >= MptcpOptionWriter.CAPABLE_ACK
                && options.capable().version() == MptcpOptions.VERSION
                && usable(options)
                && options.capable().receiverKey() == connection.localKey;
        if (said) {
            connection.layer.counters.mpCapableAckRx.increment();
            learn(options, options.capable().senderKey());
            subflow.handshakeDone();
            connection.onFullyEstablished();
            return Verdict.PROCEED;
        }
        if (options.has(MptcpOptions.DSS)) {
            // It came before the one with the key, which was lost or is late: options do pass, so it is worth waiting for.
            return Verdict.DISCARD;
        }
        connection.layer.counters.mpCapableFallbackAck.increment();
        connection.fallback.begin(subflow, FallbackReason.NO_CAPABLE_ACK, nowNs);
        return Verdict.PROCEED;
    }

    private void learn(MptcpOptions options, long key) {
        keyed = true;
        connection.remoteKeyIs(connection.layer.keys.derive(key));
        // "If either host requires the use of checksums, checksums MUST be used."
        connection.checksum |= (options.capable().flags() & CapableOption.CHECKSUM_REQUIRED) != 0;
        connection.remoteDeniesInitialAddress |= (options.capable().flags() & CapableOption.DENY_JOIN_INITIAL) != 0;
    }
}
