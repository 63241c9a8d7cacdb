package dev.braid.tools.capture;

import java.io.IOException;
import java.util.Map;

/**
 * A link of the captured stack.
 *
 * @param index of its device in the stack, 0..{@link CaptureRing#MAX_LINKS}-1
 * @param name the device's
 * @param description its addresses and MTU
 */
record CaptureLink(int index, String name, String description) {
    Map<String, Object> toMap() {
        return Map.of("index", index, "name", name, "description", description);
    }

    /** @throws IOException when it is none */
    static CaptureLink of(Object map) throws IOException {
        if (map instanceof Map<?, ?> fields
                && fields.get("index") instanceof Integer index
                && index >= 0
                && index < CaptureRing.MAX_LINKS
                && fields.get("name") instanceof String name
                && fields.get("description") instanceof String description) {
            return new CaptureLink(index, name, description);
        }
        throw new IOException("the stack answered with something that is no link");
    }
}
