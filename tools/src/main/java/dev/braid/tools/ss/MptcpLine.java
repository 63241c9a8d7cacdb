package dev.braid.tools.ss;

import java.util.Locale;
import java.util.Map;

/** What {@code ss} shows below a connection of Multipath TCP and behind each of its subflows, each word with a blank before it. */
final class MptcpLine {
    /** The kernel's {@code MPTCP_SUBFLOW_FLAG_…}, from the lowest bit on. */
    private static final String FLAGS = "MmJjBbecv";

    private static final long MS = 1_000_000L;

    private final Row row;
    private final StringBuilder out = new StringBuilder();

    private MptcpLine(Row row) {
        this.row = row;
    }

    /** {@code struct mptcp_info}; what is zero is left out. */
    static String info(Row row) {
        var line = new MptcpLine(row);
        line.paths();
        line.sequence();
        line.counts();
        return line.out.toString();
    }

    private void paths() {
        value("subflows:", "subflows");
        value("add_addr_signal:", "add_addr_signal");
        value("add_addr_accepted:", "add_addr_accepted");
        value("subflows_max:", "subflows_max");
        value("add_addr_signal_max:", "add_addr_signal_max");
        value("add_addr_accepted_max:", "add_addr_accepted_max");
        word(row.flag("fallback"), "fallback");
        word(row.flag("remote_key_received"), "remote_key");
        word(row.number("token") != 0, "token:" + Long.toHexString(row.number("token") & 0xffff_ffffL));
    }

    private void sequence() {
        value("write_seq:", "write_seq");
        value("snd_una:", "snd_una");
        value("rcv_nxt:", "rcv_nxt");
        value("local_addr_used:", "local_addr_used");
        value("local_addr_max:", "local_addr_max");
        word(row.flag("checksum"), "csum_enabled:1");
    }

    private void counts() {
        value("retransmits:", "retransmits");
        value("bytes_retrans:", "bytes_retrans");
        value("bytes_sent:", "bytes_sent");
        value("bytes_received:", "bytes_received");
        value("bytes_acked:", "bytes_acked");
        value("subflows_total:", "subflows_total");
        milliseconds("last_data_sent:", "last_data_sent_ns");
        milliseconds("last_data_recv:", "last_data_recv_ns");
        milliseconds("last_ack_recv:", "last_ack_recv_ns");
        // What the kernel does not tell.
        word(!row.text("fallback_reason").isEmpty(), "fallback_reason:" + row.text("fallback_reason"));
        word(!row.text("scheduler").isEmpty(), "scheduler:" + row.text("scheduler"));
        word(!row.text("path_managers").isEmpty(), "path_manager:" + row.text("path_managers").replace(' ', ','));
    }

    /** {@code tcp-ulp-mptcp flags:… token:…}: the place of a TCP connection among those of its multipath connection. */
    static String subflow(Map<?, ?> fields) {
        long flags = Row.number(fields, "flags");
        var letters = new StringBuilder();
        for (int bit = 0; bit < FLAGS.length(); bit++) {
            if ((flags >>> bit & 1) != 0) {
                letters.append(FLAGS.charAt(bit));
            }
        }
        return String.format(Locale.ROOT,
                " tcp-ulp-mptcp flags:%s token:%04x(id:%d)/%04x(id:%d) seq:%x sfseq:%x ssnoff:%x"
                        + " maplen:%x",
                letters, token(fields, "remote_token"), Row.number(fields, "remote_id"),
                token(fields, "token"), Row.number(fields, "local_id"), Row.number(fields, "map_seq"),
                Row.number(fields, "map_subflow_seq"), token(fields, "ssn_offset"),
                Row.number(fields, "map_data_length"));
    }

    private static long token(Map<?, ?> fields, String name) {
        return Row.number(fields, name) & 0xffff_ffffL;
    }

    private void word(boolean shown, String word) {
        if (shown) {
            out.append(' ').append(word);
        }
    }

    private void value(String name, String field) {
        long value = row.number(field);
        word(value != 0, name + Long.toUnsignedString(value));
    }

    private void milliseconds(String name, String field) {
        long ms = row.number(field) / MS;
        word(ms != 0, name + ms);
    }
}
