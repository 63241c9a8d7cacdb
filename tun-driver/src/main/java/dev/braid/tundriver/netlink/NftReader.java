package dev.braid.tundriver.netlink;

import dev.braid.tundriver.netlink.NftExpression.Accept;
import dev.braid.tundriver.netlink.NftExpression.ConnectionState;
import dev.braid.tundriver.netlink.NftExpression.Count;
import dev.braid.tundriver.netlink.NftExpression.Drop;
import dev.braid.tundriver.netlink.NftExpression.InputDevice;
import dev.braid.tundriver.netlink.NftExpression.Masquerade;
import dev.braid.tundriver.netlink.NftExpression.Other;
import dev.braid.tundriver.netlink.NftExpression.OutputDevice;
import dev.braid.tundriver.netlink.NftExpression.StripTcpOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what nf_tables tells of chains and rules; whatever {@link NftWriter} does not write reads as {@link Other}. */
final class NftReader {
    private static final int ABSENT = -1;

    private NftReader() {}

    // Chains.

    /** The chain, still without its rules; null for one that no hook runs. */
    static @Nullable NftBase base(Reply reply) {
        if (reply.length() < Nf.NFGENMSG) {
            return null;
        }
        Attributes chain = reply.attributes(Nf.NFGENMSG);
        if (!chain.has(Nf.NFTA_CHAIN_HOOK)) {
            return null;
        }
        Attributes hook = chain.nested(Nf.NFTA_CHAIN_HOOK);
        return new NftBase(
                reply.u8(0),
                chain.text(Nf.NFTA_CHAIN_TABLE),
                chain.text(Nf.NFTA_CHAIN_NAME),
                hook.big32(Nf.NFTA_HOOK_HOOKNUM, ABSENT),
                hook.big32(Nf.NFTA_HOOK_PRIORITY, 0),
                chain.big32(Nf.NFTA_CHAIN_POLICY, Nf.NF_ACCEPT));
    }

    /** The same chain with these rules; what is not as {@link NftWriter} makes chains shows as rules of {@link Other}. */
    static NftChain chain(Reply reply, NftBase base, List<NftRule> rules) {
        List<NftRule> all = new ArrayList<>(rules);
        NftChain.Hook[] hooks = NftChain.Hook.values();
        boolean knownHook = base.hook() >= 0 && base.hook() < hooks.length;
        String typeName = reply.attributes(Nf.NFGENMSG).text(Nf.NFTA_CHAIN_TYPE);
        NftChain.Type type = Arrays.stream(NftChain.Type.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(typeName))
                .findFirst()
                .orElse(null);
        if (!knownHook) {
            all.add(strange("hook " + base.hook()));
        }
        if (type == null) {
            all.add(strange("type " + typeName));
        }
        if (base.policy() != Nf.NF_ACCEPT) {
            all.add(strange("policy " + base.policy()));
        }
        NftChain.Hook hook = knownHook ? hooks[base.hook()] : NftChain.Hook.PREROUTING;
        return new NftChain(base.chain(), hook, base.priority(), type == null ? NftChain.Type.FILTER : type, all);
    }

    private static NftRule strange(String what) {
        return NftRule.of("", new Other(what));
    }

    // Rules.

    /** Whether the rule stands in this table. */
    static boolean isIn(Reply reply, String table) {
        return reply.length() >= Nf.NFGENMSG
                && reply.u8(0) == Nf.NFPROTO_INET
                && reply.attributes(Nf.NFGENMSG).text(Nf.NFTA_RULE_TABLE).equals(table);
    }

    /** Whether the rule stands in this chain of this table. */
    static boolean isIn(Reply reply, String table, String chain) {
        return isIn(reply, table) && reply.attributes(Nf.NFGENMSG).text(Nf.NFTA_RULE_CHAIN).equals(chain);
    }

    static NftRule rule(Reply reply) {
        List<Attributes> steps = steps(reply);
        List<NftExpression> expressions = new ArrayList<>();
        for (int at = 0; at < steps.size();) {
            NftExpression found = expression(steps, at);
            expressions.add(found);
            at += length(found);
        }
        return new NftRule(comment(reply), expressions);
    }

    private static List<Attributes> steps(Reply reply) {
        return reply.attributes(Nf.NFGENMSG).elements(Nf.NFTA_RULE_EXPRESSIONS);
    }

    static String comment(Reply reply) {
        ByteBuffer data = reply.attributes(Nf.NFGENMSG).bytes(Nf.NFTA_RULE_USERDATA);
        while (data != null && data.remaining() >= 2) {
            int type = data.get() & 0xff;
            int length = Math.min(data.get() & 0xff, data.remaining());
            byte[] value = new byte[length];
            data.get(value);
            if (type == Nf.NFTNL_UDATA_RULE_COMMENT) {
                int text = length > 0 && value[length - 1] == 0 ? length - 1 : length;
                return new String(value, 0, text, StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    /** What the rule's first counter stands at, or null when it has none. */
    static @Nullable NftCount count(Reply reply) {
        for (Attributes step : steps(reply)) {
            if (name(step).equals("counter")) {
                Attributes data = data(step);
                return new NftCount(data.big64(Nf.NFTA_COUNTER_PACKETS, 0), data.big64(Nf.NFTA_COUNTER_BYTES, 0));
            }
        }
        return null;
    }

    /** How many of the kernel's expressions say what {@code expression} does. */
    private static int length(NftExpression expression) {
        return switch (expression) {
            case InputDevice _,OutputDevice _,NftExpression.Family _ -> 2;
            case ConnectionState _ -> 3;
            default -> 1;
        };
    }

    private static NftExpression expression(List<Attributes> steps, int at) {
        Attributes data = data(steps.get(at));
        String name = name(steps.get(at));
        NftExpression found = switch (name) {
            case "meta" -> meta(data, steps, at + 1);
            case "ct" -> state(data, steps, at + 1);
            case "counter" -> new Count();
            case "immediate" -> verdict(data);
            case "masq" -> data.isEmpty() ? new Masquerade() : null;
            case "exthdr" -> strip(data);
            default -> null;
        };
        return found == null ? new Other(name) : found;
    }

    private static @Nullable NftExpression meta(Attributes meta, List<Attributes> steps, int next) {
        byte[] value = compared(steps, next);
        if (value == null || meta.big32(Nf.NFTA_META_DREG, ABSENT) != Nf.NFT_REG_1) {
            return null;
        }
        boolean equal = data(steps.get(next)).big32(Nf.NFTA_CMP_OP, ABSENT) == Nf.NFT_CMP_EQ;
        return switch (meta.big32(Nf.NFTA_META_KEY, ABSENT)) {
            case Nf.NFT_META_IIFNAME -> value.length == Nf.IFNAMSIZ ? new InputDevice(text(value), equal) : null;
            case Nf.NFT_META_OIFNAME -> value.length == Nf.IFNAMSIZ ? new OutputDevice(text(value), equal) : null;
            case Nf.NFT_META_NFPROTO -> value.length == 1 && equal ? family(value[0]) : null;
            default -> null;
        };
    }

    private static @Nullable NftExpression family(int number) {
        return number == Nf.NFPROTO_IPV4 || number == Nf.NFPROTO_IPV6
                ? new NftExpression.Family(number == Nf.NFPROTO_IPV4)
                : null;
    }

    private static @Nullable NftExpression state(Attributes ct, List<Attributes> steps, int next) {
        byte[] value = compared(steps, next + 1);
        if (value == null
                || !name(steps.get(next)).equals("bitwise")
                || ct.big32(Nf.NFTA_CT_KEY, ABSENT) != Nf.NFT_CT_STATE
                || data(steps.get(next + 1)).big32(Nf.NFTA_CMP_OP, ABSENT) != Nf.NFT_CMP_NEQ
                || !Arrays.equals(value, new byte[Integer.BYTES])) {
            return null;
        }
        Attributes bitwise = data(steps.get(next));
        Attributes xor = bitwise.nested(Nf.NFTA_BITWISE_XOR);
        if (xor.i32(Nf.NFTA_DATA_VALUE, ABSENT) != 0) {
            return null;
        }
        return new ConnectionState(bitwise.nested(Nf.NFTA_BITWISE_MASK).i32(Nf.NFTA_DATA_VALUE, 0));
    }

    private static @Nullable NftExpression verdict(Attributes immediate) {
        Attributes data = immediate.nested(Nf.NFTA_IMMEDIATE_DATA).nested(Nf.NFTA_DATA_VERDICT);
        return switch (data.big32(Nf.NFTA_VERDICT_CODE, ABSENT)) {
            case Nf.NF_DROP -> new Drop();
            case Nf.NF_ACCEPT -> new Accept();
            default -> null;
        };
    }

    private static @Nullable NftExpression strip(Attributes exthdr) {
        boolean strips = exthdr.big32(Nf.NFTA_EXTHDR_OP, ABSENT) == Nf.NFT_EXTHDR_OP_TCPOPT
                && !exthdr.has(Nf.NFTA_EXTHDR_DREG)
                && !exthdr.has(Nf.NFTA_EXTHDR_SREG);
        return strips ? new StripTcpOption(exthdr.u8(Nf.NFTA_EXTHDR_TYPE, 0)) : null;
    }

    /** What the expression at {@code at} compares register 1 with, or null if it does not. */
    private static byte @Nullable [] compared(List<Attributes> steps, int at) {
        if (at >= steps.size() || !name(steps.get(at)).equals("cmp")) {
            return null;
        }
        Attributes cmp = data(steps.get(at));
        int operation = cmp.big32(Nf.NFTA_CMP_OP, ABSENT);
        if (cmp.big32(Nf.NFTA_CMP_SREG, ABSENT) != Nf.NFT_REG_1
                || (operation != Nf.NFT_CMP_EQ && operation != Nf.NFT_CMP_NEQ)) {
            return null;
        }
        ByteBuffer value = cmp.nested(Nf.NFTA_CMP_DATA).bytes(Nf.NFTA_DATA_VALUE);
        return value == null ? null : value.array();
    }

    private static String text(byte[] padded) {
        int end = 0;
        while (end < padded.length && padded[end] != 0) {
            end++;
        }
        return new String(padded, 0, end, StandardCharsets.UTF_8);
    }

    private static String name(Attributes step) {
        return step.text(Nf.NFTA_EXPR_NAME);
    }

    private static Attributes data(Attributes step) {
        return step.nested(Nf.NFTA_EXPR_DATA);
    }
}
