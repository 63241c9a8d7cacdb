package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Something about addresses that one ACK is to tell the peer; RFC 8684 sections 3.3.8 and 3.4. */
sealed interface Signal {
    /** Bytes of the option, without padding. */
    int length();

    /** What is left to tell when the address of this identifier is not gone, or not any more; {@code null} = nothing. */
    default @Nullable Signal keeping(int id) {
        return this;
    }

    /** ADD_ADDR. The HMAC is computed when it is written: keys are known by then. */
    record Announce(AnnouncedAddress announced) implements Signal {
        @Override
        public int length() {
            return MptcpOptionWriter.addAddrLength(!announced.address.isIpv4(), announced.port != 0, false);
        }
    }

    /** The echo of an ADD_ADDR of the peer's. */
    record Echo(int id, IpAddress address, int port) implements Signal {
        @Override
        public int length() {
            return MptcpOptionWriter.addAddrLength(!address.isIpv4(), port != 0, true);
        }
    }

    /** REMOVE_ADDR with all these identifiers; {@code reason} = a code of {@link MptcpReason}. */
    @SuppressWarnings("ArrayRecordComponent") // made once, written once, compared never
    record Withdraw(int[] ids, int reason) implements Signal {
        @Override
        public int length() {
            return 3 + ids.length;
        }

        @Override
        public @Nullable Signal keeping(int id) {
            int[] left = Arrays.stream(ids).filter(gone -> gone != id).toArray();
            return left.length == 0 ? null : new Withdraw(left, reason);
        }
    }

    /** MP_PRIO for the subflow it is sent on; {@code reason} = a code of {@link MptcpReason}. */
    record Priority(boolean backup, int reason) implements Signal {
        @Override
        public int length() {
            return 3;
        }
    }
}
