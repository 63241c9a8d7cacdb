package dev.braid.stack.script.mptcp;

/** The options of kind 30 (RFC 8684 section 7.2), each by its number. */
enum MpSubtype {
    MP_CAPABLE,
    MP_JOIN,
    DSS,
    ADD_ADDR,
    REMOVE_ADDR,
    MP_PRIO,
    MP_FAIL,
    MP_FASTCLOSE,
    MP_TCPRST
}
