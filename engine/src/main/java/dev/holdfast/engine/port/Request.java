package dev.holdfast.engine.port;

import dev.holdfast.core.Namespace;

/**
 * A request id: inserted before anything else. Whoever comes second writes nothing and gets the first one's answer; with
 * another fingerprint it is refused ({@code request_id_reused}). Kept 24 hours, whatever becomes of the run.
 *
 * @param namespace its scope
 * @param id made by the client, one per call, reused in its retries
 * @param fingerprint of the request: method, target and body
 * @param answer what is answered to a repetition; for a start, the text of the run's id
 */
public record Request(Namespace namespace, String id, String fingerprint, String answer) {}
