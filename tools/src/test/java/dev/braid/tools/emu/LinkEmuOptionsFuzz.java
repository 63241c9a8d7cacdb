package dev.braid.tools.emu;

import dev.braid.testing.fuzz.FuzzInput;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Any options of {@code braid link-emu}: a link that can be made, or a refusal that picocli can print. */
public final class LinkEmuOptionsFuzz {
    private LinkEmuOptionsFuzz() {}

    /** The input is the arguments, separated by blanks; one that begins with an at sign would name a file. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new FuzzInput(bytes).text();
        if (text.indexOf('@') >= 0) {
            return;
        }
        var line = new CommandLine(new LinkEmuCommand());
        try {
            line.parseArgs(text.split(" ", -1));
            var spec = line.getCommandSpec();
            ImpairmentOptions.ab(spec);
            ImpairmentOptions.ba(spec);
            ImpairmentOptions.abBoxes(spec);
            ImpairmentOptions.baBoxes(spec);
        } catch (ParameterException refused) {
            if (refused.getMessage() == null || refused.getMessage().isBlank()) {
                throw new AssertionError("refused without words", refused);
            }
        }
    }
}
