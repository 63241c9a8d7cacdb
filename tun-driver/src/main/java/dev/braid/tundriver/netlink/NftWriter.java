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
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes tables as messages of nf_tables. */
final class NftWriter {
    private NftWriter() {}

    static Request begin() {
        return new Request(Nf.NFNL_MSG_BATCH_BEGIN, 0).u8(Nf.NFPROTO_UNSPEC, 0).big16(Nf.NFNL_SUBSYS_NFTABLES);
    }

    static Request end() {
        return new Request(Nf.NFNL_MSG_BATCH_END, 0).u8(Nf.NFPROTO_UNSPEC, 0).big16(Nf.NFNL_SUBSYS_NFTABLES);
    }

    /**
     * What puts {@code table} in the place of one of its name. Deleting fails when there is none, so it is made first: in one
     * batch nobody ever sees that.
     */
    static List<Change> replace(NftTable table) {
        List<Change> changes = new ArrayList<>();
        changes.add(create(table.name()));
        changes.add(delete(table.name()));
        changes.add(create(table.name()));
        for (NftChain chain : table.chains()) {
            changes.add(chain(table.name(), chain));
        }
        for (NftChain chain : table.chains()) {
            for (NftRule rule : chain.rules()) {
                changes.add(rule(table.name(), chain.name(), rule));
            }
        }
        return changes;
    }

    static Change delete(String table) {
        Request request = message(Nf.NFT_MSG_DELTABLE, 0).attribute(Nf.NFTA_TABLE_NAME, table);
        return new Change("DELTABLE", request);
    }

    private static Change create(String table) {
        Request request = message(Nf.NFT_MSG_NEWTABLE, Request.NLM_F_CREATE)
                .attribute(Nf.NFTA_TABLE_NAME, table)
                .big32(Nf.NFTA_TABLE_FLAGS, 0);
        return new Change("NEWTABLE", request);
    }

    private static Change chain(String table, NftChain chain) {
        Request request = message(Nf.NFT_MSG_NEWCHAIN, Request.NLM_F_CREATE)
                .attribute(Nf.NFTA_CHAIN_TABLE, table)
                .attribute(Nf.NFTA_CHAIN_NAME, chain.name());
        int hook = request.open(Nf.NFTA_CHAIN_HOOK);
        request.big32(Nf.NFTA_HOOK_HOOKNUM, chain.hook().ordinal())
                .big32(Nf.NFTA_HOOK_PRIORITY, chain.priority())
                .close(hook)
                .big32(Nf.NFTA_CHAIN_POLICY, Nf.NF_ACCEPT)
                .attribute(Nf.NFTA_CHAIN_TYPE, chain.type().name().toLowerCase(Locale.ROOT));
        return new Change("NEWCHAIN " + chain.name(), request);
    }

    private static Change rule(String table, String chain, NftRule rule) {
        Request request = message(Nf.NFT_MSG_NEWRULE, Request.NLM_F_CREATE | Request.NLM_F_APPEND)
                .attribute(Nf.NFTA_RULE_TABLE, table)
                .attribute(Nf.NFTA_RULE_CHAIN, chain);
        int expressions = request.open(Nf.NFTA_RULE_EXPRESSIONS);
        for (NftExpression expression : rule.expressions()) {
            write(request, expression);
        }
        request.close(expressions);
        if (!rule.comment().isEmpty()) {
            request.attribute(Nf.NFTA_RULE_USERDATA, comment(rule.comment()));
        }
        return new Change("NEWRULE \"" + rule.comment() + '"', request);
    }

    /** As {@code nft} keeps and shows it: type, length, text, zero. */
    private static byte[] comment(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > NftRule.MAX_COMMENT) {
            throw new IllegalArgumentException("comment longer than " + NftRule.MAX_COMMENT + " bytes: " + text);
        }
        ByteBuffer data = ByteBuffer.allocate(bytes.length + 3);
        data.put((byte) Nf.NFTNL_UDATA_RULE_COMMENT).put((byte) (bytes.length + 1)).put(bytes).put((byte) 0);
        return data.array();
    }

    private static void write(Request request, NftExpression expression) {
        switch (expression) {
            case NftExpression.Family(boolean v4) -> {
                meta(request, Nf.NFT_META_NFPROTO);
                compare(request, Nf.NFT_CMP_EQ, (byte) (v4 ? Nf.NFPROTO_IPV4 : Nf.NFPROTO_IPV6));
            }
            case InputDevice(String name, boolean equal) -> device(request, Nf.NFT_META_IIFNAME, name, equal);
            case OutputDevice(String name, boolean equal) -> device(request, Nf.NFT_META_OIFNAME, name, equal);
            case ConnectionState(int anyOf) -> state(request, anyOf);
            case Count() -> bare(request, "counter");
            case Drop() -> verdict(request, Nf.NF_DROP);
            case Accept() -> verdict(request, Nf.NF_ACCEPT);
            case Masquerade() -> bare(request, "masq");
            case StripTcpOption(int kind) -> strip(request, kind);
            case Other(String name) -> throw new IllegalArgumentException("cannot write the expression " + name);
        }
    }

    private static void device(Request request, int key, String name, boolean equal) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length == 0 || text.length >= Nf.IFNAMSIZ) {
            throw new IllegalArgumentException("not a device's name: " + name);
        }
        meta(request, key);
        compare(request, equal ? Nf.NFT_CMP_EQ : Nf.NFT_CMP_NEQ, ByteBuffer.allocate(Nf.IFNAMSIZ).put(text).array());
    }

    /** The state is one bit of a register: what is wanted is kept of it, and must not be zero. */
    private static void state(Request request, int anyOf) {
        Element ct = new Element(request, "ct");
        request.big32(Nf.NFTA_CT_DREG, Nf.NFT_REG_1).big32(Nf.NFTA_CT_KEY, Nf.NFT_CT_STATE);
        ct.close();
        Element bitwise = new Element(request, "bitwise");
        request.big32(Nf.NFTA_BITWISE_SREG, Nf.NFT_REG_1)
                .big32(Nf.NFTA_BITWISE_DREG, Nf.NFT_REG_1)
                .big32(Nf.NFTA_BITWISE_LEN, Integer.BYTES);
        value(request, Nf.NFTA_BITWISE_MASK, native32(anyOf));
        value(request, Nf.NFTA_BITWISE_XOR, native32(0));
        bitwise.close();
        compare(request, Nf.NFT_CMP_NEQ, native32(0));
    }

    private static void verdict(Request request, int code) {
        Element immediate = new Element(request, "immediate");
        request.big32(Nf.NFTA_IMMEDIATE_DREG, Nf.NFT_REG_VERDICT);
        int data = request.open(Nf.NFTA_IMMEDIATE_DATA);
        int verdict = request.open(Nf.NFTA_DATA_VERDICT);
        request.big32(Nf.NFTA_VERDICT_CODE, code).close(verdict).close(data);
        immediate.close();
    }

    /** Neither a source nor a destination register: the kernel takes that for "overwrite it". */
    private static void strip(Request request, int kind) {
        Element exthdr = new Element(request, "exthdr");
        request.attribute8(Nf.NFTA_EXTHDR_TYPE, kind).big32(Nf.NFTA_EXTHDR_OP, Nf.NFT_EXTHDR_OP_TCPOPT);
        exthdr.close();
    }

    private static void meta(Request request, int key) {
        Element meta = new Element(request, "meta");
        request.big32(Nf.NFTA_META_DREG, Nf.NFT_REG_1).big32(Nf.NFTA_META_KEY, key);
        meta.close();
    }

    private static void compare(Request request, int operation, byte... data) {
        Element cmp = new Element(request, "cmp");
        request.big32(Nf.NFTA_CMP_SREG, Nf.NFT_REG_1).big32(Nf.NFTA_CMP_OP, operation);
        value(request, Nf.NFTA_CMP_DATA, data);
        cmp.close();
    }

    private static void bare(Request request, String name) {
        new Element(request, name).close();
    }

    private static void value(Request request, int attribute, byte[] data) {
        int at = request.open(attribute);
        request.attribute(Nf.NFTA_DATA_VALUE, data).close(at);
    }

    /** What conntrack leaves in a register is in the machine's order, unlike the attributes. */
    private static byte[] native32(int value) {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    private static Request message(int type, int flags) {
        return new Request(type, flags).u8(Nf.NFPROTO_INET, 0).big16(0);
    }

    /** An expression of a rule's list whose data is being written. */
    private static final class Element {
        private final Request request;
        private final int element;
        private final int data;

        Element(Request request, String name) {
            this.request = request;
            this.element = request.open(Nf.NFTA_LIST_ELEM);
            request.attribute(Nf.NFTA_EXPR_NAME, name);
            this.data = request.open(Nf.NFTA_EXPR_DATA);
        }

        void close() {
            request.close(data).close(element);
        }
    }
}
