/** What the packages of this module share; not for users. */
@NullMarked
package io.qwenasr.reactor.internal;

import org.jspecify.annotations.NullMarked;
