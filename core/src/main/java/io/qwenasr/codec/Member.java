package io.qwenasr.codec;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A JSON member that means one thing when absent and another when null.
 *
 * <p>{@code "turn_detection": null} asks for manual commits, while its absence leaves the setting alone.
 *
 * @param <T> type of the value
 * @since 0.1.0
 */
public sealed interface Member<T> {

    /**
     * A member that is not there.
     *
     * @param <T> type of the value
     * @since 0.1.0
     */
    record Absent<T>() implements Member<T> {}

    /**
     * A member that is there and null.
     *
     * @param <T> type of the value
     * @since 0.1.0
     */
    record Null<T>() implements Member<T> {}

    /**
     * A member with a value.
     *
     * @param value what it holds
     * @param <T> type of the value
     * @since 0.1.0
     */
    record Value<T>(T value) implements Member<T> {
        /** Refuses null, which is {@link Null}. */
        public Value {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Returns a member that is not there.
     *
     * @param <T> type of the value
     * @return the absent member
     */
    static <T> Member<T> absent() {
        return new Absent<>();
    }

    /**
     * Returns a member that is there and null.
     *
     * @param <T> type of the value
     * @return the null member
     */
    static <T> Member<T> ofNull() {
        return new Null<>();
    }

    /**
     * Returns a member with a value.
     *
     * @param value what it holds
     * @param <T> type of the value
     * @return the member
     */
    static <T> Member<T> of(T value) {
        return new Value<>(value);
    }

    /**
     * Tells whether the member is not there.
     *
     * @return true if absent
     */
    default boolean isAbsent() {
        return this instanceof Absent;
    }

    /**
     * Tells whether the member is there and null.
     *
     * @return true if null, false if absent
     */
    default boolean isNull() {
        return this instanceof Null;
    }

    /**
     * Returns the value.
     *
     * @return the value, or null where the member is absent or null
     */
    default @Nullable T orNull() {
        return this instanceof Value<T> there ? there.value() : null;
    }
}
