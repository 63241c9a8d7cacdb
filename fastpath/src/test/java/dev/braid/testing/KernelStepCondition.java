package dev.braid.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips what is tagged {@code kernel}, with the reason, where the tests cannot make namespaces and TUN devices.
 *
 * <p>Registered for every module by its service file, so a test needs the tag and nothing else.
 */
public final class KernelStepCondition implements ExecutionCondition {
    private static final Path TUN = Path.of("/dev/net/tun");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (!context.getTags().contains("kernel")) {
            return ConditionEvaluationResult.enabled("asks nothing of the kernel");
        }
        if (!isRoot()) {
            return ConditionEvaluationResult.disabled("needs root, for network namespaces and TUN devices");
        }
        return Files.exists(TUN)
                ? ConditionEvaluationResult.enabled("root, and there is " + TUN)
                : ConditionEvaluationResult.disabled("no " + TUN + " on this machine");
    }

    private static boolean isRoot() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
