package dev.braid.stack.mptcp;

/** The small decisions about paths that fall silent, each counted under its name. */
enum LivenessDecision {
    /** A path that should be heard was silent: it is probed. */
    SUSPECTED("MptcpLiveSuspected"),
    /** The other paths of a suspect are asked, too, whether it is this one that is silent, or the peer. */
    COMPARED("MptcpLiveCompared"),
    /** A suspect answered. */
    CLEARED("MptcpLiveCleared"),
    /** A suspect did not answer while others did: nothing new goes over it. */
    SILENT("MptcpLiveSilent"),
    /** A silent path was probed again. */
    PROBED_AGAIN("MptcpLiveProbedAgain"),
    /** A silent path answered. */
    RECOVERED("MptcpLiveRecovered"),
    /** What a silent path had not brought to the peer went to others at once. */
    REINJECTED("MptcpLiveReinjected"),
    /** The peer was told that a path's address is gone, for its data to take another. */
    TOLD_REMOVE_ADDR("MptcpLiveToldRemoveAddr"),
    /** The peer was told that a backup is one no more. */
    TOLD_PRIO("MptcpLiveToldPrio"),
    /** A path became a backup again, since the one that it stood in for is back. */
    TOLD_PRIO_BACK("MptcpLiveToldPrioBack"),
    /** The peer could not be told: the silent path shares its address with one that lives. */
    UNTOLD("MptcpLiveUntold");

    private final String counter;

    LivenessDecision(String counter) {
        this.counter = counter;
    }

    /** The name of its counter. */
    String counter() {
        return counter;
    }
}
