package dev.braid.tundriver.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** One netlink message from the kernel, its header read. The body is a copy of its own. */
final class Reply {
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLM_F_DUMP_INTR = 0x10;

    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;

    private final int type;
    private final int flags;
    private final int sequence;
    private final ByteBuffer body;

    private Reply(int type, int flags, int sequence, ByteBuffer body) {
        this.type = type;
        this.flags = flags;
        this.sequence = sequence;
        this.body = body;
    }

    /** Cuts a datagram into its messages; a header that lies about its length ends it. */
    static void split(byte[] datagram, Consumer<Reply> sink) {
        ByteBuffer all = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        int at = 0;
        while (at + Request.HEADER <= datagram.length) {
            int length = all.getInt(at);
            if (length < Request.HEADER || length > datagram.length - at) {
                return;
            }
            ByteBuffer body = all.slice(at + Request.HEADER, length - Request.HEADER).order(ByteOrder.nativeOrder());
            sink.accept(
                    new Reply(all.getShort(at + 4) & 0xffff, all.getShort(at + 6) & 0xffff, all.getInt(at + 8), body));
            at += (length + 3) & ~3;
        }
    }

    int type() {
        return type;
    }

    int sequence() {
        return sequence;
    }

    /** Whether the table changed under a dump, so that it must be asked for again. */
    boolean interrupted() {
        return (flags & NLM_F_DUMP_INTR) != 0;
    }

    /** Whether what it announces took the place of something that is not announced as gone. */
    boolean replaces() {
        return (flags & Request.NLM_F_REPLACE) != 0;
    }

    /** The length of the part behind the header. */
    int length() {
        return body.limit();
    }

    int u8(int offset) {
        return body.get(offset) & 0xff;
    }

    int i32(int offset) {
        return body.getInt(offset);
    }

    /** The attributes behind a fixed part of {@code fixed} bytes. */
    Attributes attributes(int fixed) {
        return Attributes.parse(body, fixed, body.limit());
    }

    /** For {@link #NLMSG_ERROR} and {@link #NLMSG_DONE}: 0, or the positive error number. */
    int errno() {
        return body.limit() < 4 ? 0 : -body.getInt(0);
    }

    /** For {@link #NLMSG_ERROR}: what the kernel says in words, or nothing. */
    String errorText() {
        int echoed = 4;
        if (type != NLMSG_ERROR || (flags & NLM_F_ACK_TLVS) == 0 || body.limit() < echoed + Request.HEADER) {
            return "";
        }
        int echoedLength = (flags & NLM_F_CAPPED) != 0 ? Request.HEADER : body.getInt(echoed);
        int from = echoed + ((echoedLength + 3) & ~3);
        return from > body.limit() ? "" : attributes(from).text(NLMSGERR_ATTR_MSG);
    }
}
