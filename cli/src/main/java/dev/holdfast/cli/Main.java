package dev.holdfast.cli;

import dev.holdfast.bench.BenchCommand;
import dev.holdfast.drills.DrillCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The {@code holdfast} command.
 *
 * <p>Only the command that was asked for is made, so that an answer comes quickly: nothing of the server is loaded by
 * commands that only ask one.
 */
@Command(
        name = "holdfast",
        description = "Durable runs that survive anything.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nA first session:%n",
        footer = {
            "  holdfast dev                                   in one terminal",
            "  holdfast run wordcount --follow --input '{\"path\":\"docs\",\"glob\":\"**/*.md\",\"delayMs\":200}'",
            "  kill -9 the first one, start it again: the run goes on where it was.",
            "",
            "The server is http://127.0.0.1:7007, or what HOLDFAST_URL or --url says. " + Caller.HELP,
            "Completion: source <(holdfast generate-completion)",
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one command and exits with its code; {@code --help} of each command lists them. */
    public static void main(String[] args) {
        // Text is UTF-8 whatever the locale says: a chunk must not change on its way to a file.
        var out = new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        var err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int exit = run(args, out, err);
        out.flush();
        err.flush();
        System.exit(exit);
    }

    /** Runs one command and returns its exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        var line = new CommandLine(new Main());
        Map<String, Supplier<Object>> commands = commands();
        Supplier<Object> asked = args.length == 0 ? null : commands.get(args[0]);
        if (asked == null) {
            commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
            line.addSubcommand("generate-completion", new AutoComplete.GenerateCompletion());
        } else {
            line.addSubcommand(args[0], asked.get());
        }
        line.setOut(out);
        line.setErr(err);
        // An @ is the beginning of an input, a key or a path, and never a file with more arguments.
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        boolean json = List.of(args).contains("--json");
        line.setExecutionExceptionHandler((error, command, parsed) -> failed(error, command, json));
        line.setParameterExceptionHandler((error, given) -> misused(error, json));
        return line.execute(args);
    }

    private static Map<String, Supplier<Object>> commands() {
        var all = new LinkedHashMap<String, Supplier<Object>>();
        all.put("dev", DevCommand::new);
        all.put("server", ServerCommand::new);
        all.put("run", RunCommand::new);
        all.put("runs", RunsCommand::new);
        all.put("show", ShowCommand::new);
        all.put("follow", FollowCommand::new);
        all.put("link", LinkCommand::new);
        all.put("explain", ExplainCommand::new);
        all.put("cancel", CancelCommand::new);
        all.put("signal", SignalCommand::new);
        all.put("complete", CompleteCommand::new);
        all.put("rerun", RerunCommand::new);
        all.put("export", ExportCommand::new);
        all.put("delete", DeleteCommand::new);
        all.put("say", SayCommand::new);
        all.put("threads", ThreadsCommand::new);
        all.put("queues", QueuesCommand::new);
        all.put("pause", PauseCommand::new);
        all.put("resume", ResumeCommand::new);
        all.put("limit", LimitCommand::new);
        all.put("schedules", SchedulesCommand::new);
        all.put("schedule", ScheduleCommand::new);
        all.put("unschedule", UnscheduleCommand::new);
        all.put("nodes", NodesCommand::new);
        all.put("keys", KeysCommand::new);
        all.put("backup", BackupCommand::new);
        all.put("restore", RestoreCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("limits", LimitsCommand::new);
        all.put("drill", DrillCommand::new);
        all.put("bench", BenchCommand::new);
        all.put("rehearse", RehearseCommand::new);
        return all;
    }

    private static int failed(Exception error, CommandLine command, boolean json) {
        Failure failure = error instanceof Failure known ? known : Failure.internal(error.toString());
        tell(failure, command.getErr(), json);
        if (failure.exit() == Exit.INTERNAL && System.getenv("HOLDFAST_DEBUG") != null) {
            error.printStackTrace(new PlainWriter(command.getErr()));
        }
        return failure.exit();
    }

    private static int misused(CommandLine.ParameterException error, boolean json) {
        CommandLine command = error.getCommandLine();
        var failure = Failure.usage("usage", String.valueOf(error.getMessage()));
        tell(failure, command.getErr(), json);
        if (!json) {
            CommandLine.UnmatchedArgumentException.printSuggestions(error, new PlainWriter(command.getErr()));
            command.getErr().println("'" + command.getCommandSpec().qualifiedName() + " --help' tells more");
        }
        return failure.exit();
    }

    private static void tell(Failure failure, PrintWriter err, boolean json) {
        err.println(json ? failure.json() : "holdfast: " + failure.line());
        err.flush();
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"holdfast " + number()};
        }

        static String number() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "(built from classes)" : version;
        }
    }
}
