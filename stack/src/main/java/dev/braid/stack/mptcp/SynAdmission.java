package dev.braid.stack.mptcp;

import dev.braid.fastpath.flow.SipHash;
import dev.braid.fastpath.wire.CapableOption;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.tcp.SynClaim;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.TcpSettings;
import dev.braid.stack.tcp.UpperLayer;
import org.jspecify.annotations.Nullable;

/**
 * SYNs with MP_CAPABLE or MP_JOIN, and third ACKs that bring a cookie back: which connection they begin or join. A join is told by its
 * token alone, whatever address and port it came to ("Demultiplexing subflow SYNs MUST be done using the token", RFC 8684 section
 * 3.2). Core thread only.
 */
final class SynAdmission {
    private final MptcpLayer layer;
    private final MptcpOptions options = new MptcpOptions();
    /** Makes the keys of connections that begin with a cookie; made when the first one is wanted. */
    private @Nullable SipHash cookieKeys;
    /** What joins were answered with a cookie; made when the first one is. */
    private @Nullable JoinCookies joinCookies;
    /** The join that is being answered with a cookie. */
    private @Nullable Joining answering;
    /** What the reset of the SYN refused last says. */
    private int refusal = ResetReason.NONE;

    SynAdmission(MptcpLayer layer) {
        this.layer = layer;
    }

    /** See UpperLayerProtocol. */
    @Nullable
    SynClaim claimSyn(TcpSegment syn, @Nullable TcpListener listener) {
        refusal = ResetReason.NONE;
        if (!syn.options.has(TcpOptions.MPTCP)) {
            return null;
        }
        options.parse(syn.optionsAddress(), syn.optionsLength());
        boolean capable = options.has(MptcpOptions.MP_CAPABLE);
        boolean join = options.has(MptcpOptions.MP_JOIN) && options.join().length() == MptcpOptionWriter.JOIN_SYN;
        if (capable && join) {
            return null; // nobody's honest wish
        }
        if (capable && listener == null && layer.hostPaths.isAnnouncedPort(syn.dstHi, syn.dstLo, syn.dstPort)) {
            // Announced ports are for joins; nobody accepts connections there.
            layer.counters.mpCapableEndpAttempt.increment();
            return refuse(ResetReason.PROHIBITED);
        }
        return join ? join(syn) : capable ? begin(listener) : null;
    }

    // MP_CAPABLE.

    private @Nullable SynClaim begin(@Nullable TcpListener listener) {
        if (listener == null || !(listener.upperSettings() instanceof MptcpSettings chosen)) {
            return null;
        }
        layer.counters.mpCapableSynRx.increment();
        // A later version than ours is answered with ours, "which MUST be equal or lower".
        boolean usable = options.capable().length() == MptcpOptionWriter.CAPABLE_SYN
                && options.capable().version() >= MptcpOptions.VERSION
                && CapableHandshake.usable(options);
        if (!usable) {
            return null;
        }
        HostKey key = layer.tokens.draw();
        if (key == null) {
            layer.counters.mpFallbackTokenInit.increment();
            return null;
        }
        return new Beginning(key, chosen, flags());
    }

    private int flags() {
        return options.capable().flags();
    }

    /** A connection that begins. */
    private final class Beginning implements SynClaim {
        private final HostKey key;
        private final MptcpSettings chosen;
        private final int flags;

        Beginning(HostKey key, MptcpSettings chosen, int flags) {
            this.key = key;
            this.chosen = chosen;
            this.flags = flags;
        }

        @Override
        public UpperLayer attach(Tcb tcb, long nowNs) {
            var settings = new TcpSettings(tcb.settings());
            var connection = new MptcpConnection(layer, Unaccepted.USER, tcb, settings, new MptcpSettings(chosen));
            SubflowSettings.refresh(settings, tcb.settings());
            connection.checksum |= (flags & CapableOption.CHECKSUM_REQUIRED) != 0;
            connection.remoteDeniesInitialAddress = (flags & CapableOption.DENY_JOIN_INITIAL) != 0;
            connection.begin(key);
            return connection.initial;
        }
    }

    // SYN cookies (RFC 8684 section 3.1: "a stateless server ... has to generate its own key in a verifiable fashion").

    /** See UpperLayerProtocol. The SYN was parsed when it was looked at for a claim. */
    int writeCookieOptions(TcpSegment syn, @Nullable TcpListener listener, int iss, long address, int room) {
        Joining join = answering;
        answering = null;
        if (join != null) {
            return room < MptcpOptionWriter.JOIN_SYN_ACK ? 0 : writeJoinCookie(syn, join, iss, address);
        }
        boolean ours = syn.options.has(TcpOptions.MPTCP) && room >= MptcpOptionWriter.CAPABLE_SYN_ACK;
        if (!ours || begin(listener) == null) {
            return 0;
        }
        layer.counters.mpCapableSynRx.add(-1); // the claim had counted it
        HostKey key = layer.keys.derive(cookieKey(syn, iss));
        if (!layer.tokens.isFree(key)) {
            layer.counters.mpFallbackTokenInit.increment();
            return 0;
        }
        boolean checksum = layer.config.checksum || (flags() & CapableOption.CHECKSUM_REQUIRED) != 0;
        int answer = CapableOption.HMAC_SHA256
                | (checksum ? CapableOption.CHECKSUM_REQUIRED : 0)
                | (layer.config.allowJoinInitialAddressPort ? 0 : CapableOption.DENY_JOIN_INITIAL);
        return MptcpOptionWriter.writeCapableSynAck(address, answer, key.key());
    }

    /** See UpperLayerProtocol. */
    @Nullable
    SynClaim claimCookie(TcpSegment ack, @Nullable TcpListener listener) {
        JoinCookies cookies = joinCookies;
        JoinCookies.Kept kept = cookies == null ? null : cookies.take(ack);
        if (kept != null) {
            return joinFromCookie(ack, kept);
        }
        if (!ack.options.has(TcpOptions.MPTCP)) {
            return null;
        }
        options.parse(ack.optionsAddress(), ack.optionsLength());
        if (options.has(MptcpOptions.MP_JOIN)) {
            // The cookie is ours, and a newer join took the place of this one: a connection it cannot begin.
            return SynClaim.Refused.REFUSED;
        }
        if (listener == null || !(listener.upperSettings() instanceof MptcpSettings chosen)) {
            return null;
        }
        boolean said = options.has(MptcpOptions.MP_CAPABLE)
                && options.capable().length() >= MptcpOptionWriter.CAPABLE_ACK
                && CapableHandshake.usable(options);
        // It says which key it was given; only ours, of this very connection, is believed.
        HostKey key = layer.keys.derive(cookieKey(ack, ack.ack - 1));
        if (!said || options.capable().receiverKey() != key.key()) {
            layer.counters.mpCapableFallbackAck.increment();
            return null;
        }
        if (!layer.tokens.isFree(key)) {
            layer.counters.mpFallbackTokenInit.increment();
            return null;
        }
        return new Beginning(key, chosen, flags());
    }

    private long cookieKey(TcpSegment from, int iss) {
        SipHash hash = cookieKeys;
        if (hash == null) {
            hash = SipHash.sip24(layer.entropy.nextLong(), layer.entropy.nextLong());
            cookieKeys = hash;
        }
        return hash.begin()
                .add(from.srcHi)
                .add(from.srcLo)
                .add(from.dstHi)
                .add(from.dstLo)
                .add((long) from.srcPort << 48 | (long) from.dstPort << 32 | (iss & 0xffff_ffffL))
                .add(from.scope)
                .finish();
    }

    // MP_JOIN.

    private SynClaim join(TcpSegment syn) {
        MptcpConnection connection = layer.tokens.lookup(options.join().token());
        if (connection == null) {
            layer.counters.mpJoinNoTokenFound.increment();
            return refuse(ResetReason.MPTCP_ERROR);
        }
        layer.counters.mpJoinSynRx.increment();
        if (options.join().backup()) {
            layer.counters.mpJoinSynBackupRx.increment();
        }
        if (syn.dstPort != connection.localPort()) {
            boolean announced = connection.paths.isAnnounced(syn.dstHi, syn.dstLo, syn.dstPort);
            (announced ? layer.counters.mpJoinPortSynRx : layer.counters.mismatchPortSynRx).increment();
        }
        boolean room = connection.paths.mayJoin();
        boolean byCookie = !room && layer.tcp.config().synCookies && connection.paths.mayProve(null);
        if (!connection.roster.acceptsJoin(syn) || (!room && !byCookie)) {
            layer.counters.mpJoinRejected.increment();
            connection.decisions.taken(PathDecision.REFUSED_JOIN, null);
            return refuse(ResetReason.PROHIBITED);
        }
        int localNonce = (int) layer.entropy.nextLong();
        var join = new Joining(connection, options.join().addressId(), options.join().backup(), localNonce,
                options.join().nonce(), byCookie);
        answering = byCookie ? join : null;
        return join;
    }

    // MP_JOIN by cookie: where unproved joins, which anybody can begin who saw the token, take all the room that limits leave.

    private int writeJoinCookie(TcpSegment syn, Joining join, int iss, long address) {
        JoinCookies cookies = joinCookies;
        if (cookies == null) {
            cookies = new JoinCookies(layer.entropy.nextLong(), layer.entropy.nextLong());
            joinCookies = cookies;
        }
        MptcpConnection connection = join.connection;
        JoinCookies.Kept kept = cookies.keep(
                syn, iss, connection.token(), join.remoteNonce, join.remoteId, join.backup);
        layer.keys.join(connection.localKey, connection.remoteKey, kept.localNonce(), kept.remoteNonce());
        return MptcpOptionWriter.writeJoinSynAck(
                address,
                connection.paths.isBackup(syn.dstHi, syn.dstLo, syn.dstPort),
                connection.paths.localIdOf(syn.dstHi, syn.dstLo, syn.dstPort),
                layer.keys.leftmost64(),
                kept.localNonce());
    }

    /** The proof itself is looked at by the subflow's handshake, as any. The connection may be over, or something else, by now. */
    private SynClaim joinFromCookie(TcpSegment ack, JoinCookies.Kept kept) {
        MptcpConnection connection = layer.tokens.lookup(kept.token());
        if (kept.spent() || connection == null || !connection.roster.acceptsJoin(ack)) {
            return SynClaim.Refused.REFUSED;
        }
        return new Joining(connection, kept.remoteId(), kept.backup(), kept.localNonce(), kept.remoteNonce(), false);
    }

    private SynClaim refuse(int reason) {
        refusal = reason;
        return SynClaim.Refused.REFUSED;
    }

    /** See UpperLayerProtocol. */
    int writeRefusal(long address, int room) {
        int reason = refusal;
        refusal = ResetReason.NONE;
        if (reason == ResetReason.NONE || room < MptcpOptionWriter.TCPRST) {
            return 0;
        }
        layer.counters.mpRstTx.increment();
        return MptcpOptionWriter.writeTcpRst(address, ResetReason.flags(reason), reason);
    }

    /** A subflow that joins a connection. */
    private static final class Joining implements SynClaim {
        private final MptcpConnection connection;
        private final int remoteId;
        private final boolean backup;
        private final int localNonce;
        private final int remoteNonce;
        private final boolean byCookie;

        Joining(
                MptcpConnection connection,
                int remoteId,
                boolean backup,
                int localNonce,
                int remoteNonce,
                boolean byCookie) {
            this.connection = connection;
            this.remoteId = remoteId;
            this.backup = backup;
            this.localNonce = localNonce;
            this.remoteNonce = remoteNonce;
            this.byCookie = byCookie;
        }

        @Override
        public boolean wantsCookie() {
            return byCookie;
        }

        @Override
        public TcpSettings joinedSettings() {
            return SubflowSettings.of(connection.settings);
        }

        @Override
        public UpperLayer attach(Tcb tcb, long nowNs) {
            Subflow subflow = connection.roster.add(tcb, false);
            subflow.remoteId = remoteId;
            subflow.remoteBackup = backup;
            connection.decisions.taken(PathDecision.ACCEPTED, subflow);
            subflow.localId = connection.paths.localIdOf(tcb.localHi(), tcb.localLo(), tcb.localPort());
            subflow.localBackup = connection.paths.isBackup(tcb.localHi(), tcb.localLo(), tcb.localPort());
            subflow.handshake = new JoinHandshake(connection, subflow, localNonce, remoteNonce);
            return subflow;
        }
    }
}
