package dev.holdfast.drills;

import dev.holdfast.localpg.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where links are cut: in a network of a process's own, in which it may do anything and of which nothing outside knows. So a
 * drill needs no rights on the machine, and cannot harm its network.
 */
final class Apart {
    private static final List<String> APART = List.of("unshare", "--user", "--map-root-user", "--net");
    private static final String TRY = "ip link set lo up && ip link add here type veth peer name there"
            + " && unshare --net true && nsenter --net=/proc/self/ns/net true";

    private Apart() {}

    /** Why it cannot be had here; null if it can. */
    static @Nullable String obstacle() {
        var tried = Command.run(in(List.of("sh", "-c", TRY)));
        if (tried.well()) return null;
        return "it cuts the link of a node in a network of its own, which cannot be made here ("
                + tried.output().strip()
                + "). It needs Linux, 'unshare' and 'nsenter' of util-linux, 'ip' of iproute2, and"
                + " user namespaces: in a container let it be run with --security-opt seccomp=unconfined, on a machine see"
                + " sysctl user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns";
    }

    /** Runs that in such a network, with what this process prints to. @return its exit code */
    static int run(List<String> command) throws IOException, InterruptedException {
        return new ProcessBuilder(in(command)).inheritIO().start().waitFor();
    }

    private static List<String> in(List<String> command) {
        var whole = new ArrayList<>(APART);
        whole.addAll(command);
        return whole;
    }
}
