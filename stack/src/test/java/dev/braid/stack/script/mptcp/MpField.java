package dev.braid.stack.script.mptcp;

/** What an MPTCP option can say, as a script names it. Numbers of the data sequence space count from the initial one. */
enum MpField {
    VERSION("v"),
    FLAGS("flags"),
    KEY("key"),
    PEER_KEY("peer's key"),
    LENGTH("length"),
    CHECKSUM("checksum"),
    BACKUP("backup"),
    ID("id"),
    TOKEN("token"),
    NONCE("nonce"),
    ACK("ack"),
    ACK_BYTES("ack bytes"),
    DSN("dsn"),
    DSN_BYTES("dsn bytes"),
    SSN("ssn"),
    FIN("fin"),
    PORT("port"),
    ECHO("echo"),
    TRANSIENT("transient"),
    REASON("reason");

    private final String label;

    MpField(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
