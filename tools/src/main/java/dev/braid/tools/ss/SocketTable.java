package dev.braid.tools.ss;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lays rows out in the columns of {@code ss}: addresses end where ports begin, each column as wide as its widest cell. */
final class SocketTable {
    private static final String[] HEADER = {"Netid", "State", "Recv-Q", "Send-Q", "Local Address", ":Port",
        "Peer Address",
        ":Port"};
    private static final int RECEIVE_QUEUE = 2;
    private static final int SEND_QUEUE = 3;
    private static final int LOCAL = 4;
    private static final int PEER = 6;
    /** Queues are never narrower than their titles, shown or not. */
    private static final int QUEUE_WIDTH = 6;

    private final boolean header;
    private final boolean netid;
    private final boolean state;
    private final Map<Integer, String> services;
    private final List<String[]> rows = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();

    /**
     * An empty table.
     *
     * @param services names of ports; empty for numbers
     */
    SocketTable(boolean header, boolean netid, boolean state, Map<Integer, String> services) {
        this.header = header;
        this.netid = netid;
        this.state = state;
        this.services = services;
    }

    /** Adds a row and what stands behind it. */
    void add(Row row, String end) {
        String[] cells = new String[HEADER.length];
        cells[0] = row.netid();
        cells[1] = row.state();
        cells[RECEIVE_QUEUE] = Long.toString(row.receiveQueue());
        cells[SEND_QUEUE] = Long.toString(row.sendQueue());
        cells[LOCAL] = address(row.local());
        cells[LOCAL + 1] = ":" + port(row.localPort());
        IpAddress peer = row.peer();
        cells[PEER] = peer == null ? anyLike(row.local()) : address(peer);
        cells[PEER + 1] = ":" + (peer == null ? "*" : port(row.peerPort()));
        rows.add(cells);
        ends.add(end);
    }

    private String port(int port) {
        return services.getOrDefault(port, Integer.toString(port));
    }

    /** All addresses of both families are a star. */
    private static String address(IpAddress address) {
        if (address.equals(IpAddress.ANY_IPV6)) {
            return "*";
        }
        return address.isIpv4() ? address.toString() : "[" + address + "]";
    }

    private static String anyLike(IpAddress local) {
        if (local.equals(IpAddress.ANY_IPV6)) {
            return "*";
        }
        return local.isIpv4() ? "0.0.0.0" : "[::]";
    }

    /** The lines. */
    List<String> lines() {
        int[] widths = new int[HEADER.length];
        for (int column = 0; column < HEADER.length; column++) {
            widths[column] = column == RECEIVE_QUEUE || column == SEND_QUEUE ? QUEUE_WIDTH : 0;
            if (header) {
                widths[column] = Math.max(widths[column], HEADER[column].length());
            }
            for (String[] cells : rows) {
                widths[column] = Math.max(widths[column], cells[column].length());
            }
        }
        var lines = new ArrayList<String>();
        if (header) {
            lines.add(line(widths, HEADER) + "Process");
        }
        for (int i = 0; i < rows.size(); i++) {
            lines.add((line(widths, rows.get(i)) + ends.get(i)).stripTrailing());
        }
        return lines;
    }

    private String line(int[] widths, String[] cells) {
        var line = new StringBuilder();
        for (int column = netid ? 0 : 1; column < cells.length; column++) {
            if (column == 1 && !state) {
                continue;
            }
            String blanks = " ".repeat(widths[column] - cells[column].length());
            boolean right = column == LOCAL || column == PEER;
            line.append(right ? blanks : "").append(cells[column]).append(right ? "" : blanks);
            line.append(right || column == PEER + 1 ? "" : " ");
        }
        return line.toString();
    }
}
