package dev.holdfast.acceptance;

import dev.holdfast.drills.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code /openapi.json} says of answers: the words of JSON Schema that it uses; another word is an error. */
final class Description {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> NOTES = Set.of("description", "title", "examples", "format", "$ref");

    private final JsonNode document;
    private final List<String> misfits = new ArrayList<>();

    private Description(JsonNode document) {
        this.document = document;
    }

    static Description parse(String json) {
        return new Description(JSON.readTree(json));
    }

    /** What in this answer is not as described. */
    List<String> misfits(String method, String target, Api.Answer answer) {
        misfits.clear();
        String path = target.replaceFirst("\\?.*", "");
        JsonNode responses = operation(method, path).path("responses");
        JsonNode response = resolve(responses.path(Integer.toString(answer.status())));
        if (response.isMissingNode()) response = resolve(responses.path("default"));
        // What has no description at all (a route that is not there) can only be a problem.
        if (response.isMissingNode()) response = document.at("/components/responses/Problem");
        String type = answer.type().replaceFirst(";.*", "");
        if (answer.body().isEmpty()) {
            if (response.has("content")) misfits.add("it has no body");
        } else {
            JsonNode schema = response.path("content").path(type).path("schema");
            if (response.path("content").path(type).isMissingNode()) misfits.add("'" + type + "' is not described");
            else if (type.endsWith("json")) check("$", JSON.readTree(answer.body()), schema);
        }
        return List.copyOf(misfits);
    }

    private JsonNode operation(String method, String path) {
        for (var entry : document.path("paths").properties()) {
            if (path.matches(entry.getKey().replaceAll("\\{[^}]*}", "[^/]+"))) {
                return entry.getValue().path(method.toLowerCase(Locale.ROOT));
            }
        }
        return document.path("nothing");
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
    }

    private void check(String at, JsonNode value, JsonNode given) {
        JsonNode schema = resolve(given);
        for (var rule : schema.properties()) {
            switch (rule.getKey()) {
                case "type" -> checkType(at, value, rule.getValue());
                case "required" ->
                    rule.getValue().forEach(name -> {
                        if (value.isObject() && !value.has(name.asString())) misfits.add(at + " lacks " + name);
                    });
                case "properties" ->
                    rule.getValue().properties().forEach(property -> {
                        if (value.has(property.getKey()))
                            check(at + "." + property.getKey(), value.path(property.getKey()), property.getValue());
                    });
                case "additionalProperties" ->
                    value.propertyNames().forEach(name -> {
                        if (!schema.path("properties").has(name)) misfits.add(at + "." + name + " is not described");
                    });
                case "items" -> value.forEach(item -> check(at + "[]", item, rule.getValue()));
                case "enum" -> {
                    if (rule.getValue().valueStream().noneMatch(value::equals)) misfits.add(at + " is " + value);
                }
                case "pattern" -> {
                    if (value.isString()
                            && !value.asString().matches(".*" + rule.getValue().asString() + ".*"))
                        misfits.add(at + " is " + value);
                }
                case "anyOf" -> checkAny(at, value, rule.getValue());
                default -> {
                    if (!NOTES.contains(rule.getKey())) throw new AssertionError("unknown word " + rule.getKey());
                }
            }
        }
    }

    private void checkAny(String at, JsonNode value, JsonNode options) {
        int before = misfits.size();
        for (JsonNode option : options) {
            check(at, value, option);
            if (misfits.size() == before) return;
            misfits.subList(before, misfits.size()).clear();
        }
        misfits.add(at + " is " + value + ", which fits none of " + options);
    }

    private void checkType(String at, JsonNode value, JsonNode types) {
        String actual = switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NULL -> "null";
            default -> value.isIntegralNumber() ? "integer" : "number";
        };
        boolean fits = types.isArray()
                ? types.valueStream().anyMatch(t -> t.asString().equals(actual))
                : types.asString().equals(actual) || (types.asString().equals("number") && actual.equals("integer"));
        if (!fits) misfits.add(at + " is " + actual + ", not " + types);
    }
}
