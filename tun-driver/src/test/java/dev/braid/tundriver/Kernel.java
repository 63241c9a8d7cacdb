package dev.braid.tundriver;

import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Errno;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test against the real kernel, in network namespaces of its own. It needs the rights to make namespaces and to open
 * {@code /dev/net/tun}, and is skipped, with the reason, where they are missing.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("kernel")
@Timeout(60)
@ExtendWith(Kernel.Rights.class)
public @interface Kernel {
    /** Looks whether this process may do what kernel tests do. */
    final class Rights implements ExecutionCondition {
        private static final int CAP_NET_ADMIN = 12;
        private static final int CAP_SYS_ADMIN = 21;

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String missing = missing();
            return missing.isEmpty()
                    ? ConditionEvaluationResult.enabled("may make namespaces and TUNs")
                    : ConditionEvaluationResult.disabled(missing);
        }

        private static String missing() {
            long effective = capabilities();
            if ((effective >>> CAP_SYS_ADMIN & 1) == 0 || (effective >>> CAP_NET_ADMIN & 1) == 0) {
                return "needs root, or a user namespace of its own: CAP_SYS_ADMIN and CAP_NET_ADMIN are missing";
            }
            int tun = Descriptors.open("/dev/net/tun", Descriptors.O_RDWR);
            if (tun < 0) {
                return "needs /dev/net/tun: " + Errno.describe(-tun);
            }
            Descriptors.close(tun);
            return "";
        }

        private static long capabilities() {
            try {
                return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                        .filter(line -> line.startsWith("CapEff:"))
                        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                        .findFirst()
                        .orElse(0);
            } catch (java.io.IOException e) {
                return 0;
            }
        }
    }
}
