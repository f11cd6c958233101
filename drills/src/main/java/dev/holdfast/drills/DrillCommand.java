package dev.holdfast.drills;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code holdfast drill}: faults on purpose. The command line registers it. */
@Command(
        name = "drill",
        description = "Breaks things on purpose, on real processes, and says whether the promises held.",
        subcommands = {
            CrashCommand.class,
            NodeDeathCommand.class,
            ZombieCommand.class,
            PartitionCommand.class,
            DatabaseRestartCommand.class,
            ReplicaLagCommand.class,
            RollingRestartCommand.class,
            StreamTakeoverCommand.class
        },
        mixinStandardHelpOptions = true)
public final class DrillCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "Name a drill: crash, or of several nodes node-death, zombie, partition, database-restart, replica-lag, rolling-restart,"
                        + " stream-takeover");
    }
}
