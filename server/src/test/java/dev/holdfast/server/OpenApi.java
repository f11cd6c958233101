package dev.holdfast.server;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The part of OpenAPI 3.1 that our description uses; a word that it does not know is an error. */
final class OpenApi {
    private static final List<String> NOTES = List.of("description", "title", "examples", "format");

    private final JsonNode document;

    OpenApi(JsonNode document) {
        this.document = document;
    }

    /** {@code "GET /v1/runs"} and so on. */
    Set<String> operations() {
        var all = new TreeSet<String>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (String method : path.getValue().propertyNames())
                all.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
        }
        return all;
    }

    /** What in this response is not as described; empty for pages, which are not described. */
    List<String> misfits(String method, String target, HttpResponse<String> response) {
        String path = target.replaceFirst("\\?.*", "");
        Optional<JsonNode> operation = operation(method, path);
        JsonNode schema;
        String type = response.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        if (operation.isEmpty()) {
            if (!type.equals("application/problem+json")) return List.of();
            schema = document.path("components").path("schemas").path("Problem");
        } else {
            JsonNode responses = operation.get().path("responses");
            JsonNode described = resolve(responses.path(Integer.toString(response.statusCode())));
            if (described.isMissingNode()) described = resolve(responses.path("default"));
            JsonNode content = described.path("content");
            if (response.body().isEmpty()) {
                return content.isMissingNode() ? List.of() : List.of("it has no body");
            }
            if (content.path(type).isMissingNode()) return List.of("media type " + type + " is not described");
            schema = content.path(type).path("schema");
        }
        if (!type.endsWith("json")) return List.of();
        var misfits = new ArrayList<String>();
        check("$", JsonMapper.shared().readTree(response.body()), schema, misfits);
        return misfits;
    }

    private Optional<JsonNode> operation(String method, String path) {
        for (Map.Entry<String, JsonNode> entry : document.path("paths").properties()) {
            String pattern = entry.getKey().replaceAll("\\{[^}]*\\}", "[^/]+");
            JsonNode operation = entry.getValue().path(method.toLowerCase(Locale.ROOT));
            if (Pattern.matches(pattern, path) && !operation.isMissingNode()) return Optional.of(operation);
        }
        return Optional.empty();
    }

    private JsonNode resolve(JsonNode node) {
        JsonNode ref = node.path("$ref");
        return ref.isMissingNode() ? node : document.at(ref.asString().substring(1));
    }

    private void check(String at, JsonNode value, JsonNode given, List<String> misfits) {
        JsonNode schema = resolve(given);
        for (String word : schema.propertyNames()) {
            JsonNode rule = schema.path(word);
            switch (word) {
                case "type" -> type(at, value, rule, misfits);
                case "required" -> {
                    for (JsonNode name : rule) {
                        if (value.isObject() && !value.has(name.asString()))
                            misfits.add(at + "." + name.asString() + " is missing");
                    }
                }
                case "properties" -> {
                    for (Map.Entry<String, JsonNode> property : rule.properties()) {
                        JsonNode inner = value.path(property.getKey());
                        if (!inner.isMissingNode())
                            check(at + "." + property.getKey(), inner, property.getValue(), misfits);
                    }
                }
                case "additionalProperties" -> {
                    for (String name : value.propertyNames()) {
                        if (!schema.path("properties").has(name)) misfits.add(at + "." + name + " is not described");
                    }
                }
                case "items" -> {
                    for (int i = 0; i < value.size(); i++) check(at + "[" + i + "]", value.get(i), rule, misfits);
                }
                case "enum" -> {
                    if (rule.valueStream().noneMatch(value::equals))
                        misfits.add(at + " is " + value + ", not one of " + rule);
                }
                case "pattern" -> {
                    if (value.isString()
                            && !Pattern.compile(rule.asString())
                                    .matcher(value.asString())
                                    .find()) {
                        misfits.add(at + " is " + value + ", which does not match " + rule);
                    }
                }
                case "anyOf" -> {
                    boolean fits = rule.valueStream().anyMatch(option -> {
                        var inner = new ArrayList<String>();
                        check(at, value, option, inner);
                        return inner.isEmpty();
                    });
                    if (!fits) misfits.add(at + " is " + value + ", which fits none of anyOf");
                }
                default -> {
                    if (!NOTES.contains(word)) throw new IllegalStateException("the schema uses '" + word + "'");
                }
            }
        }
    }

    private static void type(String at, JsonNode value, JsonNode rule, List<String> misfits) {
        String actual = value.isObject()
                ? "object"
                : value.isArray()
                        ? "array"
                        : value.isString()
                                ? "string"
                                : value.isBoolean()
                                        ? "boolean"
                                        : value.isNull() ? "null" : value.isIntegralNumber() ? "integer" : "number";
        boolean fits = rule.isArray()
                ? rule.valueStream().anyMatch(t -> t.asString().equals(actual))
                : rule.asString().equals(actual);
        if (!fits) misfits.add(at + " is " + actual + ", not " + rule);
    }
}
