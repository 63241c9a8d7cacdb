package dev.braid.tools.control;

import java.io.IOException;
import java.util.Map;

/** Answers one kind of request. Called on a thread of the client's; several may call at a time. */
@FunctionalInterface
public interface ControlHandler {
    /**
     * Answers.
     *
     * @param request what the client sent, {@code op} included; whatever JSON can say may be in it
     * @return keys and values for the answer
     * @throws IllegalArgumentException when the request is wrong: its message becomes the client's one line
     * @throws IOException when the work cannot be done; likewise
     */
    Map<String, ?> answer(Map<String, Object> request) throws IOException;
}
