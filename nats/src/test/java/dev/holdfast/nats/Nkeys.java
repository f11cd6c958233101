package dev.holdfast.nats;

import io.nats.client.AuthHandler;
import io.nats.client.Options;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.util.Arrays;

/** Keys as NATS writes them. */
final class Nkeys {
    private static final int USER = 20 << 3;
    private static final int SEED = 18 << 3;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Nkeys() {}

    static String file(KeyPair pair, String jwt) {
        byte[] encoded = pair.getPrivate().getEncoded();
        byte[] seed = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        var bytes = new ByteArrayOutputStream();
        bytes.write(SEED | USER >> 5);
        bytes.write(0);
        bytes.writeBytes(seed);
        return """
            -----BEGIN NATS USER JWT-----
            %s
            ------END NATS USER JWT------

            ************************* IMPORTANT *************************

            -----BEGIN USER NKEY SEED-----
            %s
            ------END USER NKEY SEED------
            """.formatted(jwt, text(bytes.toByteArray()));
    }

    static String publicKey(KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        var bytes = new ByteArrayOutputStream();
        bytes.write(USER);
        bytes.write(encoded, encoded.length - 32, 32);
        return text(bytes.toByteArray());
    }

    static Options options(String url, Credentials credentials, String publicKey) {
        return new Options.Builder()
                .server(url)
                .authHandler(new AuthHandler() {
                    @Override
                    public byte[] sign(byte[] nonce) {
                        return credentials.sign(nonce);
                    }

                    @Override
                    public char[] getID() {
                        return publicKey.toCharArray();
                    }

                    @Override
                    public char[] getJWT() {
                        return new char[0];
                    }
                })
                .build();
    }

    /** With its checksum, in base 32. */
    private static String text(byte[] bytes) {
        int crc = 0;
        for (byte b : bytes) {
            crc ^= (b & 0xff) << 8;
            for (int i = 0; i < 8; i++) crc = (crc & 0x8000) != 0 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1 & 0xffff;
        }
        var all = Arrays.copyOf(bytes, bytes.length + 2);
        all[bytes.length] = (byte) crc;
        all[bytes.length + 1] = (byte) (crc >> 8);
        var text = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte b : all) {
            held = ((held << 8) | (b & 0xff)) & 0xffff;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(BASE32.charAt(held >> bits & 31));
            }
        }
        if (bits > 0) text.append(BASE32.charAt((held << (5 - bits)) & 31));
        return text.toString();
    }
}
