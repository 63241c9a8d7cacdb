package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.TcpConfig;
import java.lang.foreign.Arena;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How far an application may be ahead of the peer's acknowledgements. */
class SendBufferScriptTest extends Script {
    private static final int BUFFER = 40_000;

    @Override
    protected void config(TcpConfig config) {
        config.sendBuffer = BUFFER;
        config.maxSendBuffer = BUFFER;
    }

    private static int part(Conn conn, Chunk chunk, int offset, int length, long at) {
        for (int i = 0; i < length; i++) {
            Memory.put8(chunk.address() + offset + i, Pattern.at(Pattern.FROM_HOST, at + i));
        }
        return conn.socket().sendChunk(chunk, offset, length, 0);
    }

    @Test
    void chunksThatAreNearlyEmptyDoNotFillASmallBuffer() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        try (Arena arena = Arena.ofConfined()) {
            var pool = new ChunkPool(arena, 1 << 20, true);
            Chunk first = Objects.requireNonNull(pool.take(ChunkPool.LARGE));
            Chunk last = Objects.requireNonNull(pool.take(ChunkPool.LARGE));
            assertThat(part(conn, first, 0, 1_000, 0)).isEqualTo(1_000);
            assertThat(part(conn, last, 0, 1_000, 1_000)).isEqualTo(1_000);
            assertThat(part(conn, last, 1_000, 1_000, 2_000)).as("with two chunks pinned").isEqualTo(1_000);
            first.release();
            last.release();
            peer.sees(data(1, 1_001), data(1_001, 2_001), data(2_001, 3_001)).sends(ack(1, 3_001));
            assertThat(pool.leaks()).isEmpty();
        }
    }
}
