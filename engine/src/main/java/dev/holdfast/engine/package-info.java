/** The engine: it carries out what the rules decide, for any ledger. */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;
