package dev.holdfast.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast nodes}. */
@Command(
        name = "nodes",
        description = {
            "Lists the nodes of the cluster: where they are, who watches whom, what they hold, for how long nothing was heard"
                    + " of them; and which were found dead lately.",
            "",
            "Any node may be asked; it marks itself by a *. SILENT grows to half a second between two signs of life."
                    + " WATCHES is the node for whose death it waits: the next one, or the first.",
            "Of the dead, SILENT is for how long nothing had been heard of one when it was found. TOOK begins when"
                    + " whoever found it had its lock, and ends when its sessions were told to end and it was no node any more,"
                    + " without the commit; when what it held goes on is not part of it."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {Exit.OK_LINE, Exit.USAGE_LINE, Exit.REFUSED_LINE, Exit.UNREACHABLE_LINE, Exit.INTERNAL_LINE},
        footerHeading = "%nExamples:%n",
        footer = {"  holdfast nodes", "  holdfast nodes --url http://127.0.0.1:7008 --json"})
final class NodesCommand implements Callable<Integer> {
    @Mixin
    private Client client = new Client();

    @Override
    public Integer call() {
        String answer = client.api().get("/v1/nodes");
        if (client.json()) {
            client.print(answer);
            return Exit.OK;
        }
        Json ring = Json.parse(answer);
        NodeTable.nodes(ring, client);
        List<Json> takeovers = ring.at("takeovers").items();
        if (!takeovers.isEmpty()) {
            client.print("");
            NodeTable.takeovers(takeovers, client);
        }
        return Exit.OK;
    }
}
