package dev.holdfast.server;

import dev.holdfast.core.HoldfastException;
import dev.holdfast.core.Unavailable;
import java.util.Map;

/**
 * An error as RFC 9457 wants it. The codes are stable; the status of each is decided here and nowhere else.
 *
 * @param status of HTTP
 * @param title what the code means, the same for every error with this code
 * @param code for programs
 * @param detail for people: what happened, to which thing, why, what to do
 * @param indeterminate whether what was asked for may have been done nevertheless
 */
record Problem(int status, String title, String code, String detail, boolean indeterminate) {
    /** What a code means. */
    private record Kind(int status, String title) {}

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("json_malformed", new Kind(400, "The body is not JSON")),
            Map.entry("field_unknown", new Kind(400, "The body has a field that does not exist")),
            Map.entry("field_invalid", new Kind(400, "A field of the body has an impossible value")),
            Map.entry("parameter_invalid", new Kind(400, "A parameter has an impossible value")),
            Map.entry("run_id_malformed", new Kind(400, "This is not a run id")),
            Map.entry("request_malformed", new Kind(400, "The request is not HTTP as it should be")),
            Map.entry("key_required", new Kind(401, "An API key is needed")),
            Map.entry("key_unknown", new Kind(401, "There is no such API key")),
            Map.entry("key_revoked", new Kind(401, "The API key was revoked")),
            Map.entry("link_invalid", new Kind(401, "This is no link to this run")),
            Map.entry("link_expired", new Kind(401, "The link is not good any more")),
            Map.entry("link_revoked", new Kind(401, "The link was revoked")),
            Map.entry("scope_missing", new Kind(403, "The API key is not for this")),
            Map.entry("origin_refused", new Kind(403, "Pages of other sites may not do this")),
            Map.entry("task_unknown", new Kind(404, "There is no such task")),
            Map.entry("run_unknown", new Kind(404, "There is no such run")),
            Map.entry("step_unknown", new Kind(404, "There is no such step")),
            Map.entry("token_unknown", new Kind(404, "There is no such token")),
            Map.entry("queue_unknown", new Kind(404, "There is no such queue")),
            Map.entry("schedule_unknown", new Kind(404, "There is no such schedule")),
            Map.entry("cursor_unknown", new Kind(404, "This is not a position of this run")),
            Map.entry("route_unknown", new Kind(404, "There is nothing here")),
            Map.entry("method_not_allowed", new Kind(405, "Not with this method")),
            Map.entry("run_not_finished", new Kind(409, "The run has not finished")),
            Map.entry("run_finished", new Kind(409, "The run has finished")),
            Map.entry("token_completed", new Kind(409, "The token was completed before")),
            Map.entry("input_too_large", new Kind(413, "The input is too large")),
            Map.entry("batch_too_large", new Kind(413, "The batch is too large")),
            Map.entry("media_type_unsupported", new Kind(415, "Only JSON is understood")),
            Map.entry("host_refused", new Kind(421, "Asked for under a foreign name")),
            Map.entry("input_invalid", new Kind(422, "The input does not fit the task")),
            Map.entry("step_cancelled", new Kind(422, "What follows a cancel is not done again")),
            Map.entry("token_open", new Kind(422, "A token belongs to the run that has opened it")),
            Map.entry("lane_required", new Kind(422, "A run of this task needs a lane")),
            Map.entry("lane_not_serial", new Kind(422, "The runs of this task do not follow one another")),
            Map.entry("cron_invalid", new Kind(422, "This is not a cron expression")),
            Map.entry("zone_unknown", new Kind(422, "There is no such time zone")),
            Map.entry("debounce_invalid", new Kind(422, "This start cannot be debounced")),
            Map.entry("limit_invalid", new Kind(422, "This cannot be a limit")),
            Map.entry("nul_character", new Kind(422, "Text with a NUL character cannot be stored")),
            Map.entry("name_invalid", new Kind(422, "A name is not allowed")),
            Map.entry("text_invalid", new Kind(422, "Text that is no text cannot be stored")),
            Map.entry("request_id_reused", new Kind(422, "The request id was used for another request")),
            Map.entry("internal", new Kind(500, "Something is broken here")),
            Map.entry("ledger_read_only", new Kind(503, "The ledger cannot be written")),
            Map.entry("replica_unavailable", new Kind(503, "The replica cannot be read")),
            Map.entry("starting", new Kind(503, "Not ready yet")),
            Map.entry("closing", new Kind(503, "Shutting down")),
            Map.entry("suspended", new Kind(503, "The node is cut off from its cluster")),
            Map.entry("database_silent", new Kind(503, "The database does not answer")),
            Map.entry("fenced", new Kind(503, "The node was cut off from its cluster")),
            Map.entry("rejoining", new Kind(503, "The node joins its cluster again")),
            Map.entry("disk_full", new Kind(503, "The disk is full")));
    private static final Kind REFUSED = new Kind(422, "Not accepted");
    private static final Kind UNAVAILABLE = new Kind(503, "Not possible right now");

    static Problem of(String code, String detail) {
        Kind kind = KINDS.getOrDefault(code, REFUSED);
        return new Problem(kind.status(), kind.title(), code, detail, false);
    }

    static Problem of(HoldfastException error) {
        String message = error.getMessage();
        String detail = message == null ? error.code() : message;
        if (!(error instanceof Unavailable unavailable)) return of(error.code(), detail);
        Kind kind = KINDS.getOrDefault(error.code(), UNAVAILABLE);
        return new Problem(kind.status(), kind.title(), error.code(), detail, unavailable.indeterminate());
    }

    /** @param instance the path of the request that met it */
    Answer.Whole answer(String instance) {
        String body = Json.text(out -> {
            out.writeStartObject();
            out.writeStringProperty("type", "urn:holdfast:problem:" + code);
            out.writeStringProperty("title", title);
            out.writeNumberProperty("status", status);
            out.writeStringProperty("detail", detail);
            out.writeStringProperty("instance", instance);
            out.writeStringProperty("code", code);
            if (indeterminate) out.writeBooleanProperty("indeterminate", true);
            out.writeEndObject();
        });
        var answer = new Answer.Whole(status, "application/problem+json", body, Map.of());
        return switch (status) {
            case 401 -> answer.with("WWW-Authenticate", "Bearer realm=\"holdfast\"");
            case 503 -> answer.with("Retry-After", "1");
            default -> answer;
        };
    }
}
