package dev.braid.tools;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.tools.bench.BenchCommand;
import dev.braid.tools.capture.CaptureCommand;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.cli.Words;
import dev.braid.tools.daemon.DownCommand;
import dev.braid.tools.daemon.LinkCommand;
import dev.braid.tools.daemon.StatusCommand;
import dev.braid.tools.daemon.UpCommand;
import dev.braid.tools.demo.DemoCommand;
import dev.braid.tools.doctor.DoctorCommand;
import dev.braid.tools.drill.DrillCommand;
import dev.braid.tools.emu.LinkEmuCommand;
import dev.braid.tools.mptcp.MptcpCommand;
import dev.braid.tools.nstat.NstatCommand;
import dev.braid.tools.perf.PerfCommand;
import dev.braid.tools.proxy.NcCommand;
import dev.braid.tools.serve.ServeCommand;
import dev.braid.tools.ss.SsCommand;
import dev.braid.tools.sysctl.SysctlCommand;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code braid} command. Exit status 0 only on success, 1 when the work failed, 2 on wrong usage. */
@Command(name = "braid", description = "A TCP stack in user space, on TUN devices.", mixinStandardHelpOptions = true, versionProvider = Version.class, footer = {
    "", "Begin with:  braid demo"})
public final class Main implements Runnable {
    /** In the order in which help shows them. */
    static final List<String> COMMANDS = List.of("demo", "up", "down", "status", "link", "doctor", "nc", "serve",
            "perf",
            "bench", "link-emu", "drill", "capture", "ss", "nstat", "sysctl", "mptcp");

    @Spec private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /** Runs one command and exits with its status. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs one command and answers its exit status. */
    static int run(String... args) {
        CommandLine line = new CommandLine(new Main());
        // A short command's time goes into loading classes, so one that is named is the only one that is made.
        boolean named = args.length > 0 && COMMANDS.contains(args[0]);
        for (String name : named ? List.of(args[0]) : COMMANDS) {
            // Made by itself, for picocli applies a transformer of the model (link-emu has one) to none that is added later.
            line.addSubcommand(name, new CommandLine(command(name)));
        }
        if (!named) {
            line.addSubcommand(new CommandLine.HelpCommand());
        }
        Words.register(line);
        line.setParameterExceptionHandler(Main::wrongUsage);
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
        return line.execute(args);
    }

    private static Object command(String name) {
        return switch (name) {
            case "demo" -> new DemoCommand();
            case "up" -> new UpCommand();
            case "down" -> new DownCommand();
            case "status" -> new StatusCommand();
            case "link" -> new LinkCommand();
            case "doctor" -> new DoctorCommand();
            case "nc" -> new NcCommand();
            case "serve" -> new ServeCommand();
            case "perf" -> new PerfCommand();
            case "bench" -> new BenchCommand();
            case "link-emu" -> new LinkEmuCommand();
            case "drill" -> new DrillCommand();
            case "capture" -> new CaptureCommand();
            case "ss" -> new SsCommand();
            case "nstat" -> new NstatCommand();
            case "sysctl" -> new SysctlCommand();
            case "mptcp" -> new MptcpCommand();
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? One of: " + String.join(", ", COMMANDS));
    }

    private static int wrongUsage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        var said = new StringBuilder(name).append(": ").append(firstLine(wrong));
        if (wrong instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
            said.append("; did you mean ").append(unmatched.getSuggestions().getFirst()).append('?');
        }
        command.getErr().println(said.append(" (see ").append(name).append(" --help)"));
        return CommandLine.ExitCode.USAGE;
    }

    /** What a person can mend is one line; anything else is a defect and shows where it came from. */
    private static int failed(Exception failure, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        switch (failure) {
            case UserError error -> {
                command.getErr().println(name + ": " + firstLine(error));
                return error.status();
            }
            case DeviceException error -> command.getErr().println(name + ": " + firstLine(error));
            case IOException error -> command.getErr().println(name + ": " + firstLine(error));
            default -> failure.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** The first line of what it says; its kind when it says nothing. */
    private static String firstLine(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message.lines().findFirst().orElse("failed");
    }
}
