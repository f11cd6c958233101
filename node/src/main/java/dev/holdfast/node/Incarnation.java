package dev.holdfast.node;

import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Ports;
import dev.holdfast.postgres.PgMember;

/** What a process is in its cluster from one join to the next: a member, and its engine. */
record Incarnation(PgMember member, Ports ports, Engine engine) {}
