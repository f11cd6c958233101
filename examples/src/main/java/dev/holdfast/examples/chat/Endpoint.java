package dev.holdfast.examples.chat;

import dev.holdfast.core.NoRetry;
import dev.holdfast.examples.model.ScriptedModel;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a model is asked.
 *
 * @param base such as {@code https://api.openai.com/v1}
 * @param key null for an endpoint that wants none
 * @param model which of its models
 */
record Endpoint(URI base, @Nullable String key, String model) {
    private static final String BASE = "OPENAI_BASE_URL";
    private static final String KEY = "OPENAI_API_KEY";
    private static final String MODEL = "OPENAI_MODEL";
    private static final String OPENAI = "https://api.openai.com/v1";

    /**
     * What the environment names; empty if it names neither an address nor a key.
     *
     * @throws NoRetry if what it names is no endpoint
     */
    static Optional<Endpoint> of(Map<String, String> environment) {
        String base = environment.getOrDefault(BASE, "").strip();
        String key = environment.getOrDefault(KEY, "").strip();
        String model = environment.getOrDefault(MODEL, "").strip();
        if (base.isEmpty() && key.isEmpty()) return Optional.empty();
        URI address = address(base.isEmpty() ? OPENAI : base);
        if (model.isEmpty()) {
            throw new NoRetry(MODEL + " is not set: name the model that " + address + " is to be asked for. Without "
                    + BASE + " and " + KEY + " the scripted model answers.");
        }
        return Optional.of(new Endpoint(address, key.isEmpty() ? null : key, model));
    }

    static Endpoint of(ScriptedModel scripted) {
        return new Endpoint(scripted.url(), null, ScriptedModel.NAME);
    }

    private static URI address(String text) {
        try {
            var uri = new URI(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) return uri;
        } catch (URISyntaxException e) {
            // Said below, without the text: it may hold a password.
        }
        throw new NoRetry(BASE + " is not the address of an endpoint: it must look like " + OPENAI
                + ", without a query or a password. A key goes into " + KEY + ".");
    }

    /** A key is nobody's to read. */
    @Override
    public String toString() {
        return "model " + model + " at " + base;
    }
}
