package dev.braid.tundriver.netlink;

import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes firewall tables of one network namespace, that of the thread which called {@link #open}, by nfnetlink. Any
 * thread may then use it.
 *
 * <p>Other programs' tables are never touched. What the kernel refuses is thrown as {@link LinuxException} that names the table, the
 * message and the kernel's words.
 */
public final class Nftables implements AutoCloseable {
    private final NetlinkSocket socket;

    private Nftables(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** A client of the calling thread's network namespace. */
    public static Nftables open() {
        try {
            return new Nftables(NetlinkSocket.open(Nf.NETLINK_NETFILTER, false));
        } catch (LinuxException e) {
            throw e.errno() == Errno.EPROTONOSUPPORT ? missing(e) : e;
        }
    }

    /** Puts {@code table} in the place of the one of its name, or makes it: all of it or nothing, at one instant. */
    public synchronized void replace(NftTable table) {
        batch(NftWriter.replace(table), table.name());
    }

    /**
     * Removes the table of this name with all that is in it.
     *
     * @return false when there was none
     */
    public synchronized boolean delete(String name) {
        try {
            batch(List.of(NftWriter.delete(name)), name);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    private void batch(List<Change> changes, String name) {
        try {
            socket.transactBatch(NftWriter.begin(), changes, NftWriter.end(), "table " + name);
        } catch (LinuxException e) {
            if (e.errno() == Errno.EOPNOTSUPP && e.call().equals("batch")) {
                throw missing(e);
            }
            if (e.errno() == Errno.ENOENT && e.call().startsWith("NEWRULE")) {
                throw new LinuxException(e.subject(), e.call(), e.errno(), "this kernel lacks something the rule uses");
            }
            throw e;
        }
    }

    private static LinuxException missing(LinuxException e) {
        return new LinuxException(e.subject(), e.call(), e.errno(), "this kernel has no nf_tables");
    }

    /**
     * The table of this name as the kernel has it now; a table just written reads as equal, unless somebody changed it.
     *
     * @return null when there is none; without chains when it is dormant, for then it does nothing
     */
    public synchronized @Nullable NftTable read(String name) {
        Attributes table = lookup(name);
        if (table == null) {
            return null;
        }
        List<NftChain> chains = new ArrayList<>();
        if (table.big32(Nf.NFTA_TABLE_FLAGS, 0) == 0) {
            List<Reply> rules = rules(name);
            for (Reply reply : chains(Nf.NFPROTO_INET)) {
                NftBase base = NftReader.base(reply);
                if (base != null && base.table().equals(name)) {
                    chains.add(NftReader.chain(reply, base, rules(rules, name, base.chain())));
                }
            }
        }
        return new NftTable(name, chains);
    }

    private static List<NftRule> rules(List<Reply> rules, String table, String chain) {
        return rules.stream()
                .filter(reply -> NftReader.isIn(reply, table, chain))
                .map(NftReader::rule)
                .toList();
    }

    /** What the counters of the table stand at, by their rules' comments; empty when there is no such table. */
    public synchronized Map<String, NftCount> counts(String name) {
        Map<String, NftCount> found = new LinkedHashMap<>();
        for (Reply reply : rules(name)) {
            NftCount count = NftReader.isIn(reply, name) ? NftReader.count(reply) : null;
            if (count != null) {
                found.put(NftReader.comment(reply), count);
            }
        }
        return found;
    }

    /** Every chain that the kernel runs at a hook, of every table and family. */
    public synchronized List<NftBase> bases() {
        List<NftBase> found = new ArrayList<>();
        for (Reply reply : chains(Nf.NFPROTO_UNSPEC)) {
            NftBase base = NftReader.base(reply);
            if (base != null) {
                found.add(base);
            }
        }
        return found;
    }

    private @Nullable Attributes lookup(String name) {
        Request request = message(Nf.NFT_MSG_GETTABLE, 0, Nf.NFPROTO_INET).attribute(Nf.NFTA_TABLE_NAME, name);
        try {
            return socket.transact(request, "table " + name, "GETTABLE").getFirst().attributes(Nf.NFGENMSG);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    private List<Reply> chains(int family) {
        return socket.transact(message(Nf.NFT_MSG_GETCHAIN, Request.NLM_F_DUMP, family), "chains", "GETCHAIN");
    }

    private List<Reply> rules(String table) {
        Request request = message(Nf.NFT_MSG_GETRULE, Request.NLM_F_DUMP, Nf.NFPROTO_INET)
                .attribute(Nf.NFTA_RULE_TABLE, table);
        return socket.transact(request, "table " + table, "GETRULE");
    }

    private static Request message(int type, int flags, int family) {
        return new Request(type, flags).u8(family, 0).big16(0);
    }

    /** Closes the client; tables stay. */
    @Override
    public synchronized void close() {
        socket.close();
    }
}
