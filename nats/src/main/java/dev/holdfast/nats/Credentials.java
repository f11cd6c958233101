package dev.holdfast.nats;

import dev.holdfast.core.Refused;
import io.nats.client.AuthHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JWT and the seed of its key, from a file as {@code nsc} makes them. The JDK signs: the client's own way would take six
 * megabytes of another library.
 */
final class Credentials implements AuthHandler {
    private static final Pattern BLOCK = Pattern.compile("-{3,}[^-\\n]*-{3,}\\s*([\\w.=-]+)\\s*-{3,}[^-\\n]*-{3,}");
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    /** Two bytes say what it is the seed of, and two are a checksum. */
    private static final int KIND = 2;

    private static final int SEED = 32;

    private final String jwt;
    private final PrivateKey key;

    private Credentials(String jwt, PrivateKey key) {
        this.jwt = jwt;
        this.key = key;
    }

    static Credentials read(Path file) {
        try {
            Matcher block = BLOCK.matcher(Files.readString(file));
            if (!block.find()) throw none(file, "it has no block with a JWT");
            String jwt = block.group(1);
            if (!block.find()) throw none(file, "it has no block with a seed");
            return new Credentials(jwt, key(decode(block.group(1), file), file));
        } catch (IOException e) {
            throw none(file, "it cannot be read: " + e);
        } catch (GeneralSecurityException e) {
            throw none(file, "its seed is none");
        }
    }

    private static PrivateKey key(byte[] decoded, Path file) throws GeneralSecurityException {
        if (decoded.length < KIND + SEED) throw none(file, "its seed is too short");
        byte[] seed = Arrays.copyOfRange(decoded, KIND, KIND + SEED);
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    private static byte[] decode(String text, Path file) {
        byte[] bytes = new byte[text.length() * 5 / 8];
        int bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = BASE32.indexOf(text.charAt(i));
            if (value < 0) throw none(file, "its seed has a character that belongs to none");
            held = (held << 5 | value) & 0xfff;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes[at++] = (byte) (held >> bits);
        }
        return bytes;
    }

    private static Refused none(Path file, String why) {
        return new Refused(
                "nats_credentials",
                "the file of credentials " + file + " is none: " + why
                        + ". It has a JWT and a seed, as 'nsc generate creds'" + " makes it");
    }

    @Override
    public byte[] sign(byte[] nonce) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(nonce);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java signs by Ed25519", e);
        }
    }

    /** The JWT says who it is. */
    @Override
    public char[] getID() {
        return new char[0];
    }

    @Override
    public char[] getJWT() {
        return jwt.toCharArray();
    }
}
