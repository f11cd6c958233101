package dev.holdfast.engine;

import dev.holdfast.core.Namespace;
import dev.holdfast.core.RunId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Under which name there are hints about a lane: hints are about runs, and this is the id of none. So whoever carries hints
 * to other nodes carries these, and only to where somebody waits for them.
 */
final class LaneTopic {
    private LaneTopic() {}

    static RunId of(Namespace namespace, String queue, String lane) {
        try {
            String name = "lane\0" + namespace.name() + "\0" + queue + "\0" + lane;
            var digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            var bits = ByteBuffer.wrap(digest);
            return new RunId(bits.getLong(), bits.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
