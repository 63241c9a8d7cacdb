package dev.braid.tools.daemon;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tools.config.ConfigFile;
import dev.braid.tools.config.HostConfig;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a daemon that did not begin. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // what it is about hears no interrupt
final class UpCommandTest {
    private final HostConfig config = ConfigFile.defaults();
    private final LogLines log = LogLines.standard(false);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDaemonThatCouldNotBeginDoesNotHoldUpTheEndOfTheProcess(boolean error) {
        var command = new UpCommand((_, _) -> {
            if (error) {
                throw new OutOfMemoryError("no room for frames");
            }
            throw new IllegalStateException("a defect");
        });
        assertThatThrownBy(() -> command.start(config, log)).hasMessage(error ? "no room for frames" : "a defect");
        command.end(log); // returns: else every way to end the process waits for ever
    }
}
