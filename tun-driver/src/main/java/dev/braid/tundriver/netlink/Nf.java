package dev.braid.tundriver.netlink;

/** Numbers of {@code linux/netfilter/nfnetlink.h} and {@code nf_tables.h}, as far as several files here use them. */
final class Nf {
    static final int NETLINK_NETFILTER = 12;
    static final int NFNLGRP_NFTABLES = 7;
    /** {@code struct nfgenmsg}: family, version, resource. */
    static final int NFGENMSG = 4;

    static final int NFNL_MSG_BATCH_BEGIN = 0x10;
    static final int NFNL_MSG_BATCH_END = 0x11;
    static final int NFNL_SUBSYS_NFTABLES = 10;

    static final int NFT_MSG_NEWTABLE = type(0);
    static final int NFT_MSG_GETTABLE = type(1);
    static final int NFT_MSG_DELTABLE = type(2);
    static final int NFT_MSG_NEWCHAIN = type(3);
    static final int NFT_MSG_GETCHAIN = type(4);
    static final int NFT_MSG_NEWRULE = type(6);
    static final int NFT_MSG_GETRULE = type(7);

    static final int NFPROTO_UNSPEC = 0;
    static final int NFPROTO_INET = 1;
    static final int NFPROTO_IPV4 = 2;
    static final int NFPROTO_IPV6 = 10;

    static final int NFTA_TABLE_NAME = 1;
    static final int NFTA_TABLE_FLAGS = 2;

    static final int NFTA_CHAIN_TABLE = 1;
    static final int NFTA_CHAIN_NAME = 3;
    static final int NFTA_CHAIN_HOOK = 4;
    static final int NFTA_HOOK_HOOKNUM = 1;
    static final int NFTA_HOOK_PRIORITY = 2;
    static final int NFTA_CHAIN_POLICY = 5;
    static final int NFTA_CHAIN_TYPE = 7;
    static final int NF_DROP = 0;
    static final int NF_ACCEPT = 1;

    static final int NFTA_RULE_TABLE = 1;
    static final int NFTA_RULE_CHAIN = 2;
    static final int NFTA_RULE_EXPRESSIONS = 4;
    static final int NFTA_RULE_USERDATA = 7;
    static final int NFTNL_UDATA_RULE_COMMENT = 0;

    static final int NFTA_LIST_ELEM = 1;
    static final int NFTA_EXPR_NAME = 1;
    static final int NFTA_EXPR_DATA = 2;
    static final int NFTA_DATA_VALUE = 1;
    static final int NFTA_DATA_VERDICT = 2;
    static final int NFTA_VERDICT_CODE = 1;

    static final int NFT_REG_VERDICT = 0;
    static final int NFT_REG_1 = 1;

    static final int NFTA_META_DREG = 1;
    static final int NFTA_META_KEY = 2;
    static final int NFT_META_IIFNAME = 6;
    static final int NFT_META_OIFNAME = 7;
    static final int NFT_META_NFPROTO = 15;

    static final int NFTA_CMP_SREG = 1;
    static final int NFTA_CMP_OP = 2;
    static final int NFTA_CMP_DATA = 3;
    static final int NFT_CMP_EQ = 0;
    static final int NFT_CMP_NEQ = 1;

    static final int NFTA_CT_DREG = 1;
    static final int NFTA_CT_KEY = 2;
    static final int NFT_CT_STATE = 0;

    static final int NFTA_BITWISE_SREG = 1;
    static final int NFTA_BITWISE_DREG = 2;
    static final int NFTA_BITWISE_LEN = 3;
    static final int NFTA_BITWISE_MASK = 4;
    static final int NFTA_BITWISE_XOR = 5;

    static final int NFTA_IMMEDIATE_DREG = 1;
    static final int NFTA_IMMEDIATE_DATA = 2;

    static final int NFTA_EXTHDR_DREG = 1;
    static final int NFTA_EXTHDR_TYPE = 2;
    static final int NFTA_EXTHDR_OP = 6;
    static final int NFTA_EXTHDR_SREG = 7;
    static final int NFT_EXTHDR_OP_TCPOPT = 1;

    static final int NFTA_COUNTER_BYTES = 1;
    static final int NFTA_COUNTER_PACKETS = 2;

    /** Device names are compared in registers of this many bytes, zeros behind the name. */
    static final int IFNAMSIZ = 16;

    private Nf() {}

    /** A message of nf_tables by its number: 0 is NEWTABLE. */
    private static int type(int message) {
        return NFNL_SUBSYS_NFTABLES << 8 | message;
    }
}
