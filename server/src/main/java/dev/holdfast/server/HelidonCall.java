package dev.holdfast.server;

import dev.holdfast.core.Defaults;
import dev.holdfast.core.Refused;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request of Helidon.
 *
 * @param pass as whom it was let in
 * @param arrived is told that the body is here
 */
record HelidonCall(ServerRequest request, Map<String, String> variables, Pass pass, Runnable arrived) implements Call {
    /** The input, and what a start says beside it. */
    static final int BODY_LIMIT = Defaults.BODY_LIMIT;
    /** A client that is still sending would not read the answer; so this much more is taken, and thrown away. */
    private static final int DRAIN_LIMIT = 64 * 1024 * 1024;

    @Override
    public String path() {
        return request.path().rawPath();
    }

    @Override
    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    @Override
    public Optional<String> query(String name) {
        return request.query().first(name).asOptional().filter(value -> !value.isEmpty());
    }

    @Override
    public Set<String> queryNames() {
        return request.query().names();
    }

    @Override
    public String json() throws IOException {
        if (!request.content().hasEntity()) return "";
        long announced = header("Content-Length").map(Long::parseLong).orElse(0L);
        boolean waits = header("Expect").isPresent();
        if (announced > DRAIN_LIMIT || (announced > BODY_LIMIT && waits)) throw tooLarge();
        byte[] body = body();
        arrived.run();
        if (body.length == 0) return "";
        demandJson();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refused("json_malformed", "the body is not UTF-8, and JSON always is");
        }
    }

    private byte[] body() throws IOException {
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(BODY_LIMIT + 1);
            if (body.length <= BODY_LIMIT) return body;
            in.skip(DRAIN_LIMIT);
        } catch (IllegalArgumentException | IllegalStateException e) {
            // Chunks with sizes that are none. Nobody knows where the next request would begin.
            throw Framing.malformed("the body is not framed as HTTP has it: its chunks have no sizes");
        }
        throw tooLarge();
    }

    private void demandJson() {
        String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        String bare = (parameters < 0 ? type : type.substring(0, parameters)).strip();
        if (bare.equals("application/json") || bare.endsWith("+json")) return;
        String got = bare.isEmpty() ? "none" : Text.shown(bare);
        throw new Refused("media_type_unsupported", "send the body as Content-Type: application/json, not " + got);
    }

    private static Refused tooLarge() {
        return StartBody.tooLarge("the body has more than " + BODY_LIMIT + " bytes");
    }
}
