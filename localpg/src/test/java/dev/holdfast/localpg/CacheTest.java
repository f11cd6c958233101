package dev.holdfast.localpg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class CacheTest {
    @TempDir
    Path folder;

    private Path home;
    private URL archive;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void pack() throws IOException {
        home = folder.resolve("unpacked");
        archive = packed("bin/postgres");
    }

    private URL packed(String program) throws IOException {
        Path file = folder.resolve("packed.txz");
        try (var tar = new TarArchiveOutputStream(
                new XZOutputStream(Files.newOutputStream(file), new LZMA2Options()), StandardCharsets.UTF_8.name())) {
            byte[] text = "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8);
            var entry = new TarArchiveEntry(program, true);
            entry.setMode(0100755);
            entry.setSize(text.length);
            tar.putArchiveEntry(entry);
            tar.write(text);
            tar.closeArchiveEntry();
            var link = new TarArchiveEntry("lib/link", TarConstants.LF_SYMLINK);
            link.setLinkName("../bin/postgres");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        return file.toUri().toURL();
    }

    private Cache cache() {
        return new Cache(home, said::add);
    }

    @Test
    void it_is_filled_once() throws IOException {
        cache().filledFrom(archive);
        assertThat(home.resolve("bin/postgres")).isExecutable();
        assertThat(home.resolve("lib/link")).isSymbolicLink().hasContent("#!/bin/sh\n");
        assertThat(said).contains("unpacking PostgreSQL into " + home);
        said.clear();
        cache().filledFrom(archive);
        assertThat(said).isEmpty();
    }

    @Test
    void any_number_may_fill_it_at_once() throws Exception {
        try (var pool = Executors.newFixedThreadPool(8)) {
            var fillers = new ArrayList<Future<Path>>();
            for (int i = 0; i < 32; i++) {
                fillers.add(pool.submit(() -> new Cache(home, s -> {}).filledFrom(archive)));
            }
            for (var filler : fillers)
                assertThat(filler.get().resolve("bin/postgres")).isExecutable();
        }
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(home, folder.resolve("packed.txz"));
        }
    }

    @Test
    void one_from_which_files_were_cleaned_away_is_made_again() throws IOException {
        cache().filledFrom(archive);
        Files.delete(home.resolve("lib/link"));
        cache().filledFrom(archive);
        assertThat(home.resolve("lib/link")).isSymbolicLink();
    }

    @Test
    void one_that_others_may_write_into_is_not_run() throws IOException {
        cache().filledFrom(archive);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> cache().filledFrom(archive)).hasMessageContaining("others may write into it");
    }

    @Test
    void nothing_is_written_outside_of_it() throws IOException {
        URL escaping = packed("../outside");
        assertThatThrownBy(() -> cache().filledFrom(escaping)).hasMessageContaining("leads out of the folder");
        assertThat(folder.resolve("outside")).doesNotExist();
        assertThat(home).doesNotExist();
    }
}
