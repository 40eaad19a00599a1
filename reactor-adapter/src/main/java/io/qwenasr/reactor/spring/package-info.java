/**
 * Spring Boot finds these by itself where it is there; nothing else of this library needs Spring.
 *
 * @since 0.1.0
 */
@NullMarked
package io.qwenasr.reactor.spring;

import org.jspecify.annotations.NullMarked;
