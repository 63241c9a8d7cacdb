package dev.braid.bench;

import dev.braid.bench.aggregation.AggregationCommand;
import dev.braid.bench.loss.KernelLossCommand;
import dev.braid.bench.tun.TunCommand;
import dev.braid.fastpath.device.DeviceException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code braid bench} command. Exit status 0 only on success, 1 when the work failed, 2 on wrong usage. */
@Command(name = "braid bench", description = "Measures Braid and its peers.", subcommands = {TunCommand.class,
    KernelLossCommand.class, AggregationCommand.class, JmhCommand.class}, mixinStandardHelpOptions = true, footer = {"",
        "Example:  braid bench tun --tests stream,maerts --rounds 5"})
public final class Main implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /** Runs one table and exits with its status. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs one table and answers its exit status. */
    static int run(String... args) {
        var line = new CommandLine(new Main());
        line.setParameterExceptionHandler(Main::wrongUsage);
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
        return line.execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which table? One of: tun, kernel-loss, aggregation, jmh");
    }

    private static int wrongUsage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + firstLine(wrong) + " (see " + name + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    /** What a person can mend is one line; anything else is a defect and shows where it came from. */
    private static int failed(Exception failure, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        if (failure instanceof DeviceException || failure instanceof IOException) {
            command.getErr().println(name + ": " + firstLine(failure));
        } else {
            failure.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String firstLine(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message.lines().findFirst().orElse("failed");
    }
}
