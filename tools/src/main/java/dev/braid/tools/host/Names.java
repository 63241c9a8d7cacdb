package dev.braid.tools.host;

import dev.braid.fastpath.wire.IpAddress;
import java.util.List;

/** Finds the addresses of names. Any thread. */
public interface Names {
    /**
     * Begins to look up a name; the answers come on threads of the implementation's, one at a time, IPv4 and IPv6 each when they are there.
     *
     * @param name absolute, with or without the last dot; an address as text is answered at once
     */
    void lookup(String name, Answers answers);

    /**
     * Asks each name server over each link that it is asked over, to find out which of them answer; none where no servers are asked.
     * Blocks, two seconds at most.
     *
     * @param name what is asked for; an address or nothing = any name
     */
    default List<NameTrial> trials(String name) {
        return List.of();
    }

    /** Hears what is found. */
    interface Answers {
        /** Addresses of one family. At most once for each family. */
        void found(List<IpAddress> addresses);

        /**
         * Nothing more comes.
         *
         * @param whyNothing one line when nothing was found, else empty
         */
        void finished(String whyNothing);
    }
}
