package dev.braid.tools.emu;

import dev.braid.fastpath.sim.LinkConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options of a link's directions: {@code --NAME} for both, {@code --ab.NAME} and {@code --ba.NAME} for one. */
final class ImpairmentOptions implements IModelTransformer {
    private static final String AB = "ab.";
    private static final String BA = "ba.";
    private static final String MIDDLEBOX = "middlebox";

    /** For picocli. */
    ImpairmentOptions() {}

    /** Adds the options; those of one direction are not listed in the help, which says how they are named. */
    @Override
    public CommandSpec transform(CommandSpec spec) {
        for (String prefix : new String[] {"", AB, BA}) {
            for (Impairment one : Impairment.values()) {
                spec.addOption(option(prefix, one.option, one.label, one.description));
            }
            spec.addOption(option(prefix, MIDDLEBOX, "BOX[,BOX…]",
                    "Boxes that packets pass in this order: " + Box.GRAMMAR + "."));
        }
        return spec;
    }

    private static OptionSpec option(String prefix, String name, String label, String description) {
        return OptionSpec.builder("--" + prefix + name)
                .paramLabel(label)
                .description(description)
                .type(String.class)
                .arity("1")
                .hidden(!prefix.isEmpty())
                .build();
    }

    /** What packets from a to b meet. */
    static LinkConfig ab(CommandSpec spec) {
        return link(spec, AB);
    }

    /** What packets from b to a meet. */
    static LinkConfig ba(CommandSpec spec) {
        return link(spec, BA);
    }

    /** The boxes from a to b. */
    static List<Box> abBoxes(CommandSpec spec) {
        return boxes(spec, AB);
    }

    /** The boxes from b to a. */
    static List<Box> baBoxes(CommandSpec spec) {
        return boxes(spec, BA);
    }

    private static LinkConfig link(CommandSpec spec, String direction) {
        LinkConfig link = LinkConfig.PERFECT.overhead(Impairment.ETHERNET_HEADER);
        for (Impairment one : Impairment.values()) {
            for (String prefix : new String[] {"", direction}) {
                String text = value(spec, prefix, one.option);
                if (text != null) {
                    link = convert(spec, prefix + one.option, link, text, one);
                }
            }
        }
        return link;
    }

    private static LinkConfig convert(
            CommandSpec spec, String option, LinkConfig link, String text, Impairment impairment) {
        try {
            return impairment.apply(link, text);
        } catch (TypeConversionException e) {
            throw refuse(spec, option, e);
        }
    }

    private static List<Box> boxes(CommandSpec spec, String direction) {
        var row = new ArrayList<Box>();
        for (String prefix : new String[] {"", direction}) {
            String text = value(spec, prefix, MIDDLEBOX);
            try {
                row.addAll(text == null ? List.of() : Box.parse(text));
            } catch (TypeConversionException e) {
                throw refuse(spec, prefix + MIDDLEBOX, e);
            }
        }
        return row;
    }

    private static ParameterException refuse(CommandSpec spec, String option, TypeConversionException cause) {
        return new ParameterException(spec.commandLine(), "--" + option + ": " + cause.getMessage());
    }

    private static @Nullable String value(CommandSpec spec, String prefix, String name) {
        OptionSpec option = spec.findOption("--" + prefix + name);
        return option == null ? null : option.getValue();
    }
}
