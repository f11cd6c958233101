/** Sessions of PostgreSQL: which database, whether a node can live on it, and what every session is told. */
@NullMarked
package dev.holdfast.postgres.session;

import org.jspecify.annotations.NullMarked;
