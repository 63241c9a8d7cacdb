package dev.braid.tools.control;

import java.io.IOException;
import java.util.Map;

/** Answers one kind of request whose work lasts beyond the answer. Otherwise as a {@link ControlHandler}. */
@FunctionalInterface
public interface SessionHandler {
    /**
     * Answers.
     *
     * @param session tells when the client is gone
     */
    Map<String, ?> answer(Map<String, Object> request, ControlSession session) throws IOException;
}
