package dev.braid.tools.host;

import java.io.IOException;
import java.util.List;

/** The links of this host. Any thread; never blocks for longer than a netlink call. */
public interface Links {
    /** Those that have a NIC or are configured, in the order of preference: role first, then as configured or found. */
    List<LinkView> all();

    /**
     * Changes a link's role, for connections that run too.
     *
     * @throws IllegalArgumentException when there is no link of that name, with one line that names those there are
     */
    void role(String nic, Role role) throws IOException;

    /** Connections over the link stayed unanswered, or answered again: what {@link LinkUse#SUSPECT} comes from. */
    void heard(int index, boolean answered);
}
