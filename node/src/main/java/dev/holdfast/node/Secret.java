package dev.holdfast.node;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A key as its owner has it: {@code hf_ID_SECRET}. The secret has 256 random bits, so that nobody finds it from its hash, and
 * none of the slow hashes is needed that are made for passwords.
 */
record Secret(String id, String secret) {
    private static final Pattern FORM = Pattern.compile("hf_([0-9a-f]{12})_([0-9a-f]{64})");
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;

    static Secret random() {
        var random = new SecureRandom();
        return new Secret(hex(random, ID_BYTES), hex(random, SECRET_BYTES));
    }

    private static String hex(SecureRandom random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static Optional<Secret> parse(String text) {
        var found = FORM.matcher(text);
        return found.matches() ? Optional.of(new Secret(found.group(1), found.group(2))) : Optional.empty();
    }

    String text() {
        return "hf_" + id + "_" + secret;
    }

    String hash() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** In the same time for all that do not fit. */
    boolean fits(String stored) {
        return MessageDigest.isEqual(
                hash().getBytes(StandardCharsets.US_ASCII), stored.getBytes(StandardCharsets.US_ASCII));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Secret[" + id + "]";
    }
}
