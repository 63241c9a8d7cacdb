package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import dev.braid.stack.congestion.AckSample;
import dev.braid.stack.congestion.CongestionControl;
import dev.braid.stack.congestion.WindowUse;
import dev.braid.stack.ip.IpPath;
import org.jspecify.annotations.Nullable;

/**
 * What TCP remembers of a connection (RFC 9293 section 3.3.1), under the RFC's names: {@code SND.UNA} is {@link #sndUna}.
 *
 * <p>The stream of data sent has positions besides sequence numbers, as {@link SentSegment} has them: data byte {@code n} is
 * position {@code n} and sequence number {@code ISS + 1 + n}; the SYN is position -1.
 */
abstract class ConnectionVariables {
    // Who and where.
    ConnectionUser user;
    final TcpSettings settings;
    /** Changed by {@link Tcb#enter} alone. */
    TcpState state = TcpState.CLOSED;
    @Nullable TcpFailure failure;
    /** The user has let go: nobody hears of the connection, nobody reads from it. */
    boolean orphaned;
    /** Where it waits until it is accepted. */
    @Nullable TcpListener listener;
    @Nullable UpperLayer upper;
    /** The upper layer has, or may have, something to pull. */
    boolean upperReady;
    int scope;
    long localHi;
    long localLo;
    int localPort;
    long remoteHi;
    long remoteLo;
    int remotePort;
    @Nullable IpPath path;
    /** Its SYN/ACK was a cookie, sent nobody knows when. */
    boolean fromCookie;
    /** It came from a passive open: a reset in SYN-RECEIVED is then no error of the user's. */
    boolean passive;

    // Send.
    int iss;
    int sndUna;
    int sndNxt;
    /** Peer's window in bytes, scaled. */
    int sndWnd;
    /** Largest window the peer ever offered. */
    int maxSndWnd;
    int sndWl1;
    int sndWl2;
    int sndWndShift;
    /** What the peer announced, or the default (RFC 9293 section 3.7.1). */
    int peerMss;
    /** Payload bytes of a full segment behind TCP's usual options: Eff.snd.MSS. */
    int sndMss = Tcb.DEFAULT_MSS;
    /** The path MTU that {@link #sndMss} was computed for. */
    int mtuSeen;
    final SendStream stream = new SendStream();
    final SendBuffer sendBuffer;
    final SentQueue sent;
    final RttEstimator rtt;
    final Pacer pacer = new Pacer();
    CongestionControl congestion;
    /** What its user or the host chose it by. */
    String congestionName;
    final Ecn ecn = new Ecn();
    final LossDetection loss;
    final TailLossProbe lossProbe = new TailLossProbe();
    final Undo undo = new Undo();
    final Frto frto = new Frto();
    /** What the peer says of duplicates. */
    final Dsack reported = new Dsack();
    final AckSample sample = new AckSample();
    /** The SYN is to be sent for the first time. */
    boolean synDue;
    /** A FIN follows the queued data. */
    boolean finQueued;
    boolean finSent;
    /** A reset is to be sent, and then nothing is left. */
    boolean resetDue;
    /** Retransmit one segment whatever the congestion window says: a recovery has just begun. */
    boolean retransmitNow;
    /** Send new data only until the next ACK: it will tell whether what is lost is, or is late (RFC 5682, RFC 3522). */
    boolean holdRepairs;
    /** A zero-window probe or a keep-alive is due. */
    @Nullable Decision probeDue;
    /** It is to bring an octet that the peer has. */
    boolean probesWithOctet;
    final ProbedOctet probedOctet = new ProbedOctet();
    /** Whether the peer still has the connection is doubted; {@code null} = it is not. */
    @Nullable Doubt doubt;
    /** The sender's SWS avoidance is overridden once. */
    boolean overrideSws;
    /** New data waits for the congestion window. */
    boolean cwndLimited;
    final WindowUse windowUse = new WindowUse();
    /** New data, or the FIN, waits for the peer's window. */
    boolean windowLimited;
    /** The user was told that the send buffer is full. */
    boolean wantsSpace;
    /** Position behind what the user wants pushed (RFC 9293 section 3.9.1.2). */
    long pushEnd;
    /** The user said that more follows at once: a partial segment waits. */
    boolean moreComing;
    /** Position behind the last segment that was not full (Minshall's amendment of Nagle's algorithm). */
    long smallEnd;
    /** Retransmission timeouts since something was acknowledged. */
    int timeouts;
    int persistBackoffs;
    int probesUnanswered;
    long lastProbeNs;
    /** When the present row of unanswered probes began. */
    long firstProbeNs;
    /** Soft ICMP errors since something was heard: what a timeout is then blamed on (RFC 5461). */
    @Nullable TcpFailure softError;
    int softErrors;

    // Receive.
    int irs;
    int rcvNxt;
    /** Right edge of the window advertised: it never moves left (RFC 9293 section 3.8.6.2.1). */
    int rcvAdv;
    int rcvWndShift;
    final ReceiveQueue received;
    final OutOfOrderQueue outOfOrder;
    /** What arrived twice, until an ACK has told. */
    final DsackReport dsack = new DsackReport();
    final ReceiveBuffer receiveBuffer;
    boolean finArrived;
    int finSeq;
    boolean finReceived;
    /** A window update is due. */
    boolean windowUpdateDue;

    // Options agreed on.
    boolean sackPermitted;
    boolean timestamps;
    boolean windowScaling;
    int tsOffset;
    int tsRecent;
    long tsRecentNs;
    int lastAckSent;

    final AckPolicy acks;
    final ChallengeAckLimiter challenges = new ChallengeAckLimiter();
    final TcbDeadlines deadlines = new TcbDeadlines();
    long lastReceivedNs;
    long openedNs;

    // What diagnostics show.
    long bytesAcked;
    long bytesReceived;
    long retransmits;
    final TcbCounts counts = new TcbCounts();

    ConnectionVariables(TcpLayer layer, ConnectionUser user, TcpSettings settings) {
        TcpConfig config = layer.config;
        this.user = user;
        this.settings = settings;
        sent = new SentQueue(config.maxSentRecords);
        rtt = new RttEstimator(config.minRtoNs, config.initialRtoNs, config.maxRtoNs);
        loss = new LossDetection(config, rtt);
        sendBuffer = new SendBuffer(layer.memory, settings, config);
        receiveBuffer = new ReceiveBuffer(layer.memory, settings, config);
        congestionName = CongestionChoice.name(settings, config);
        congestion = config.congestionControls.create(congestionName);
        received = new ReceiveQueue(layer.frames);
        outOfOrder = new OutOfOrderQueue(layer.frames, receiveBuffer.outOfOrderLimit());
        acks = new AckPolicy(config.delayedAckNs, config.quickAcks);
    }

    /** The path, which every state but CLOSED has. */
    IpPath path() {
        IpPath known = path;
        if (known == null) {
            throw new IllegalStateException("a TCB in " + state + " has no path");
        }
        return known;
    }

    /** The position of a sequence number near SND.UNA. */
    long position(int seq) {
        return sent.start() + Seq.diff(seq, sndUna);
    }

    /** The sequence number of a position. */
    int sequence(long position) {
        return iss + 1 + (int) position;
    }

    /** Bytes believed to be in the network. */
    long inflight() {
        return loss.inflight(sent, sackPermitted, sndMss);
    }

    /** Data bytes queued and never sent. */
    long unsent() {
        return finSent ? 0 : stream.end() - Math.max(0, sent.end());
    }

    /** Our FIN was sent and acknowledged. */
    boolean finAcked() {
        return finSent && sndUna == sndNxt;
    }

    /** An ACK without payload would carry a SACK option. */
    boolean hasSackNews() {
        return !outOfOrder.isEmpty() || dsack.due();
    }

    /** RCV.WND: what the peer may send by what it was told. */
    int rcvWnd() {
        return Math.max(0, Seq.diff(rcvAdv, rcvNxt));
    }
}
