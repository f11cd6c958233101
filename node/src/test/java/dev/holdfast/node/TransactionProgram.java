package dev.holdfast.node;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.sdk.Handler;
import dev.holdfast.sdk.Start;
import dev.holdfast.sdk.Task;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.function.Consumer;

/**
 * A node in a process of its own, to be killed in a transaction. It says {@code inside EPOCH} when a body has written its row.
 * The body of an input {@code path:FILE} waits there, in the first epoch, until the file is gone. The one that is called {@code
 * starter}, whose URL is one of JDBC, starts a run in a transaction, says {@code started}, and never commits.
 */
final class TransactionProgram {
    static final Task<String, String> BOOK = Task.named("book", String.class, String.class);

    private TransactionProgram() {}

    static Handler<String, String> handler(String node, Consumer<String> out) {
        return BOOK.handle((ctx, input) -> ctx.transaction("book", String.class, sql -> {
            try (var insert = sql.prepareStatement("INSERT INTO booked VALUES (?, ?)")) {
                insert.setString(1, input);
                insert.setString(2, node);
                insert.executeUpdate();
            }
            out.accept("inside " + ctx.epoch());
            boolean waits = input.startsWith("path:") && ctx.epoch() == 1;
            while (waits && Files.exists(Path.of(input.substring(5)))) Thread.sleep(20);
            return node;
        }));
    }

    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var options = NodeOptions.defaults().engine(EngineOptions.defaults().slots(50));
        var cluster = ClusterOptions.at(arguments[0]).label(arguments[1]).overdue(ClusterOptions.Overdue.WAIT);
        var node = Holdfast.cluster(cluster, options, List.of(handler(arguments[1], out::println)));
        out.println("ready");
        if (arguments[1].equals("starter")) {
            try (var sql = DriverManager.getConnection(arguments[0])) {
                sql.setAutoCommit(false);
                node.start(sql, BOOK, "uncommitted", Start.idempotent("uncommitted"));
                out.println("started");
                Thread.currentThread().join();
            }
        }
        Thread.currentThread().join();
    }
}
