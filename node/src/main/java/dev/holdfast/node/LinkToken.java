package dev.holdfast.node;

import dev.holdfast.core.RunId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The token of a watch link: {@code wl_KEY_UNTIL_SIGNATURE}. It names the API key by which it was made, and is signed with the
 * hash of that key, which every node has. So nothing of it is stored. Whoever has the key can sign links himself: he may
 * watch without them, and they end with the key as he does.
 *
 * @param key the public part of the key
 * @param until in milliseconds
 */
record LinkToken(String key, long until, String signature) {
    /** Where there are no keys, everybody may watch: a signature that everybody can make is as good as any. */
    static final String NOBODY = "open";

    private static final Pattern FORM = Pattern.compile("wl_([0-9a-f]{12}|open)_(\\d{1,15})_([0-9a-f]{64})");
    private static final String ALGORITHM = "HmacSHA256";

    static LinkToken signed(String key, String hash, RunId run, Instant until) {
        long millis = until.toEpochMilli();
        return new LinkToken(key, millis, signature(hash, run, millis));
    }

    static Optional<LinkToken> parse(String text) {
        var found = FORM.matcher(text);
        return found.matches()
                ? Optional.of(new LinkToken(found.group(1), Long.parseLong(found.group(2)), found.group(3)))
                : Optional.empty();
    }

    /** In the same time for all that do not fit. */
    boolean fits(String hash, RunId run) {
        return MessageDigest.isEqual(
                signature(hash, run, until).getBytes(StandardCharsets.US_ASCII),
                signature.getBytes(StandardCharsets.US_ASCII));
    }

    private static String signature(String hash, RunId run, long until) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(hash.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
            // Nothing else that is signed with a key begins like this.
            String signed = "holdfast watch " + run + " until " + until;
            return HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    String text() {
        return "wl_" + key + "_" + until + "_" + signature;
    }

    /** Without the signature. */
    @Override
    public String toString() {
        return "LinkToken[" + key + ", " + until + "]";
    }
}
