package dev.braid.tools.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every test that docs/hardening.md names exists, and every line of its tables names one. */
@Tag("arch")
class HardeningTableTest {
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+Test)#(\\w+)`");

    @Test
    void everyLineNamesTestsThatExist() throws IOException {
        Map<String, String> sources = sources();
        var missing = new ArrayList<String>();
        int lines = 0;
        for (String line : Files.readAllLines(Modules.checkout().resolve("docs/hardening.md"))) {
            if (!line.startsWith("| ") || line.startsWith("| input") || line.startsWith("| name")) {
                continue;
            }
            lines++;
            Matcher named = NAMED.matcher(line);
            boolean any = false;
            while (named.find()) {
                any = true;
                if (!sources.getOrDefault(named.group(1), "").contains("void " + named.group(2) + "(")) {
                    missing.add(named.group());
                }
            }
            if (!any) {
                missing.add("no test in: " + line);
            }
        }
        assertThat(lines).isGreaterThan(60);
        assertThat(missing).isEmpty();
    }

    /** The text of every test class, by its name. */
    private static Map<String, String> sources() throws IOException {
        var found = new HashMap<String, String>();
        for (String module : new String[] {"fastpath", "tun-driver", "stack", "tools"}) {
            try (Stream<Path> files = Files.walk(Modules.checkout().resolve(module).resolve("src/test/java"))) {
                for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
                    found.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return found;
    }
}
