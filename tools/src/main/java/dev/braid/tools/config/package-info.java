/** The daemon's configuration: one TOML file, read strictly. */
@NullMarked
package dev.braid.tools.config;

import org.jspecify.annotations.NullMarked;
