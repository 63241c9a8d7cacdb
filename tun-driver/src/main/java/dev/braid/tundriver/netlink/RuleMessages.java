package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import org.jspecify.annotations.Nullable;

/** Writes and reads the messages about rules: {@code struct fib_rule_hdr} and the attributes {@code FRA_…}. */
final class RuleMessages {
    private static final int FIB_RULE_HDR = 12;
    private static final int FR_ACT_TO_TBL = 1;
    private static final int RT_TABLE_UNSPEC = 0;

    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_IIFNAME = 3;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_TABLE = 15;
    private static final int FRA_PROTOCOL = 21;

    private RuleMessages() {}

    static Request list(int family) {
        return new Request(Rtm.RTM_GETRULE, Request.NLM_F_DUMP).u8(family, 0, 0, 0, 0, 0, 0, 0).i32(0);
    }

    static Request add(Rule rule) {
        return body(new Request(Rtm.RTM_NEWRULE, Request.NLM_F_CREATE | Request.NLM_F_EXCL), rule);
    }

    static Request delete(Rule rule) {
        return body(new Request(Rtm.RTM_DELRULE, 0), rule);
    }

    private static Request body(Request request, Rule rule) {
        Prefix from = rule.from();
        Prefix to = rule.to();
        int shortTable = rule.table() >= 0 && rule.table() < 256 ? rule.table() : RT_TABLE_UNSPEC;
        request.u8(rule.family(), length(to), length(from), 0, shortTable, 0, 0, FR_ACT_TO_TBL).i32(0);
        if (from != null && from.length() > 0) {
            request.attribute(FRA_SRC, from.address());
        }
        if (to != null && to.length() > 0) {
            request.attribute(FRA_DST, to.address());
        }
        if (!rule.inputDevice().isEmpty()) {
            request.attribute(FRA_IIFNAME, rule.inputDevice());
        }
        if (rule.mark() != 0) {
            request.attribute32(FRA_FWMARK, rule.mark());
        }
        return request.attribute32(FRA_PRIORITY, rule.priority())
                .attribute32(FRA_TABLE, rule.table())
                .attribute8(FRA_PROTOCOL, rule.protocol());
    }

    private static int length(@Nullable Prefix prefix) {
        return prefix == null ? 0 : prefix.length();
    }

    /** The rule a {@code RTM_NEWRULE} is about; null for one that does something else than choose a table. */
    static @Nullable Rule parse(Reply reply) {
        if (reply.length() < FIB_RULE_HDR || reply.u8(7) != FR_ACT_TO_TBL) {
            return null;
        }
        int family = reply.u8(0);
        if (family != Family.AF_INET && family != Family.AF_INET6) {
            return null;
        }
        Attributes attributes = reply.attributes(FIB_RULE_HDR);
        return new Rule(
                family == Family.AF_INET,
                attributes.i32(FRA_PRIORITY, 0),
                prefix(attributes.address(FRA_SRC), reply.u8(2)),
                prefix(attributes.address(FRA_DST), reply.u8(1)),
                attributes.text(FRA_IIFNAME),
                attributes.i32(FRA_FWMARK, 0),
                attributes.i32(FRA_TABLE, reply.u8(4)),
                attributes.u8(FRA_PROTOCOL, 0));
    }

    private static @Nullable Prefix prefix(@Nullable IpAddress address, int length) {
        return address == null || length > address.bits() ? null : new Prefix(address, length);
    }
}
