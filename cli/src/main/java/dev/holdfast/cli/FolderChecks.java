package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The data folder and what it lies on. */
final class FolderChecks {
    private static final long ENOUGH = 1_000_000_000L;
    private static final long TOO_LITTLE = 100_000_000L;

    /** Their locks are not those of one machine; each has lost databases. */
    private static final Set<String> NETWORKS = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "afpfs",
            "webdav",
            "davfs",
            "fuse.davfs",
            "fuse.sshfs",
            "sshfs",
            "9p",
            "afs",
            "ncpfs",
            "ceph",
            "fuse.ceph",
            "fuse.glusterfs",
            "glusterfs",
            "lustre",
            "beegfs",
            "gfs2",
            "ocfs2",
            "virtiofs",
            "fuse.s3fs",
            "fuse.rclone",
            "fuse.gcsfuse");

    private final Path data;

    FolderChecks(Path data) {
        this.data = data;
    }

    List<Finding> examine() {
        if (Files.exists(data) && !Files.isDirectory(data)) {
            return List.of(Finding.bad("folder", data + " is not a folder", "name another one by --data"));
        }
        Path there = data;
        while (!Files.exists(there) && there.getParent() != null) there = there.getParent();
        var findings = new ArrayList<Finding>();
        findings.add(writable(there));
        try {
            var disk = Files.getFileStore(there);
            findings.add(type(disk.type()));
            findings.add(space(disk.getUsableSpace(), there));
        } catch (IOException e) {
            String what = "what " + there + " lies on is unknown: " + e.getMessage();
            findings.add(Finding.hint("space", what, "look with df"));
        }
        return findings;
    }

    private Finding writable(Path there) {
        if (!Files.isWritable(there)) {
            return Finding.bad(
                    "folder",
                    there + " cannot be written",
                    "give this user the right to write there, or name another folder by --data");
        }
        return Finding.ok(
                "folder",
                there.equals(data) ? data + " can be written" : data + " is not there yet; 'holdfast dev' makes it");
    }

    static Finding type(String type) {
        if (!NETWORKS.contains(type.toLowerCase(Locale.ROOT))) {
            return Finding.ok("disk", "the file system is " + type);
        }
        return Finding.hint(
                "disk",
                "the file system is " + type
                        + ", on a network: two machines could open the ledger at once, and a commit"
                        + " may be lost although it was acknowledged",
                "put the data folder on a disk of this machine");
    }

    static Finding space(long free, Path folder) {
        String what = free / 1_000_000 + " MB are free at " + folder;
        if (free >= ENOUGH) return Finding.ok("space", what);
        String fix = "make room: when the disk is full, nothing can be started or recorded until there is some";
        return free < TOO_LITTLE ? Finding.bad("space", what, fix) : Finding.hint("space", what, fix);
    }
}
