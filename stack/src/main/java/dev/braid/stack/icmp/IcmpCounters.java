package dev.braid.stack.icmp;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;

/**
 * What ICMP for one version of IP counts: the kernel's names behind {@code Icmp} or {@code Icmp6}, and a name for each
 * reason to drop a message.
 */
public final class IcmpCounters {
    /** Messages that arrived, good or bad. */
    public final Counter inMsgs;
    /** Messages dropped for an error in them. */
    public final Counter inErrors;
    /** Messages whose checksum was wrong. */
    public final Counter inCsumErrors;
    /** Destination unreachable received. */
    public final Counter inDestUnreachs;
    /** Packet too big received (ICMPv6 only; for IPv4 it is a destination unreachable). */
    public final Counter inPktTooBigs;
    /** Time exceeded received. */
    public final Counter inTimeExcds;
    /** Parameter problem received. */
    public final Counter inParmProbs;
    /** Source quench received, which is ignored (RFC 6633). */
    public final Counter inSrcQuenchs;
    /** Redirect received, which is ignored: a link is all the route there is. */
    public final Counter inRedirects;
    /** Echo request received. */
    public final Counter inEchos;
    /** Echo reply received. */
    public final Counter inEchoReps;
    /** Any other type received, known or unknown. */
    public final Counter inOthers;
    /** Messages sent. */
    public final Counter outMsgs;
    /** Messages that could not be sent for want of memory or route. */
    public final Counter outErrors;
    /** Errors not sent because of the rate limit. */
    public final Counter outRateLimitGlobal;
    /** Destination unreachable sent. */
    public final Counter outDestUnreachs;
    /** Time exceeded sent. */
    public final Counter outTimeExcds;
    /** Parameter problem sent. */
    public final Counter outParmProbs;
    /** Echo reply sent. */
    public final Counter outEchoReps;

    /** A message shorter than its header. */
    public final Counter dropTruncated;
    /** An error whose quotation is too short, or is no packet that we can have sent. */
    public final Counter dropQuotation;
    /** An error about a packet of a protocol that cannot tell a forged error from a true one. */
    public final Counter dropUnverifiable;
    /** A type or code without meaning to a host. */
    public final Counter dropIgnored;

    /** Finds or makes the counters whose names begin with {@code prefix}. */
    public IcmpCounters(Counters counters, String prefix) {
        boolean v6 = prefix.endsWith("6");
        inMsgs = counters.counter(prefix + "InMsgs");
        inErrors = counters.counter(prefix + "InErrors");
        inCsumErrors = counters.counter(prefix + "InCsumErrors");
        inDestUnreachs = counters.counter(prefix + "InDestUnreachs");
        inPktTooBigs = counters.counter(prefix + "InPktTooBigs");
        inTimeExcds = counters.counter(prefix + "InTimeExcds");
        inParmProbs = counters.counter(prefix + (v6 ? "InParmProblems" : "InParmProbs"));
        inSrcQuenchs = counters.counter(prefix + "InSrcQuenchs");
        inRedirects = counters.counter(prefix + "InRedirects");
        inEchos = counters.counter(prefix + "InEchos");
        inEchoReps = counters.counter(prefix + (v6 ? "InEchoReplies" : "InEchoReps"));
        inOthers = counters.counter(prefix + "InOthers");
        outMsgs = counters.counter(prefix + "OutMsgs");
        outErrors = counters.counter(prefix + "OutErrors");
        outRateLimitGlobal = counters.counter(prefix + "OutRateLimitGlobal");
        outDestUnreachs = counters.counter(prefix + "OutDestUnreachs");
        outTimeExcds = counters.counter(prefix + "OutTimeExcds");
        outParmProbs = counters.counter(prefix + (v6 ? "OutParmProblems" : "OutParmProbs"));
        outEchoReps = counters.counter(prefix + (v6 ? "OutEchoReplies" : "OutEchoReps"));
        dropTruncated = counters.counter(prefix + "DropTruncated");
        dropQuotation = counters.counter(prefix + "DropQuotation");
        dropUnverifiable = counters.counter(prefix + "DropUnverifiable");
        dropIgnored = counters.counter(prefix + "DropIgnored");
    }
}
