package dev.holdfast.examples.model;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of one answer, whole or in chunks.
 *
 * @param id of the answer, the same in all its chunks
 * @param created in seconds
 * @param caller who asked: what the fingerprint says
 */
record Completion(String id, long created, Caller caller) {

    /** The whole answer at once. */
    ObjectNode whole(String text, int words) {
        ObjectNode json = json("chat.completion");
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("message").put("role", "assistant").put("content", text);
        choice.put("finish_reason", "stop");
        putUsage(json, words);
        return json;
    }

    /** The first chunk: whose message it is. */
    ObjectNode opening() {
        ObjectNode json = json("chat.completion.chunk");
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("delta").put("role", "assistant").put("content", "");
        choice.putNull("finish_reason");
        return json;
    }

    ObjectNode chunk(String text) {
        ObjectNode json = json("chat.completion.chunk");
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("delta").put("content", text);
        choice.putNull("finish_reason");
        return json;
    }

    /** The chunk after the last word. */
    ObjectNode closing() {
        ObjectNode json = json("chat.completion.chunk");
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("delta");
        choice.put("finish_reason", "stop");
        return json;
    }

    /** What a stream ends with when its usage was asked for. */
    ObjectNode usage(int words) {
        ObjectNode json = json("chat.completion.chunk");
        json.putArray("choices");
        putUsage(json, words);
        return json;
    }

    /** A word counts as a token; nobody counts the prompt. */
    private static void putUsage(ObjectNode json, int words) {
        json.putObject("usage")
                .put("prompt_tokens", 0)
                .put("completion_tokens", words)
                .put("total_tokens", words);
    }

    private ObjectNode json(String object) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", ScriptedModel.NAME)
                .put("system_fingerprint", caller.run() + "/e" + caller.epoch() + "/t" + caller.attempt());
    }
}
