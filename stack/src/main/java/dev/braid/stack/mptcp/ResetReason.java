package dev.braid.stack.mptcp;

/** Why a subflow is reset, as MP_TCPRST says it (RFC 8684 section 3.6). */
final class ResetReason {
    /** No MP_TCPRST is to be sent. */
    static final int NONE = -1;
    /** "Unspecified error. This is the default error; it implies that the subflow is no longer available." */
    static final int UNSPECIFIED = 0;
    /** "MPTCP-specific error. An error has been detected in the processing of MPTCP options." */
    static final int MPTCP_ERROR = 1;
    /** "Lack of resources." */
    static final int NO_RESOURCES = 2;
    /** "Administratively prohibited." */
    static final int PROHIBITED = 3;
    /** "Too much outstanding data." */
    static final int OUTSTANDING = 4;
    /** "Unacceptable performance." */
    static final int PERFORMANCE = 5;
    /** "Middlebox interference." */
    static final int MIDDLEBOX = 6;

    /** Flag T: the condition is transient. */
    static final int TRANSIENT = 1;

    private ResetReason() {}

    /** The flags that go with a reason: set where trying again later makes sense. */
    static int flags(int reason) {
        return switch (reason) {
            case NO_RESOURCES, OUTSTANDING, PERFORMANCE -> TRANSIENT;
            default -> 0;
        };
    }
}
