package io.qwenasr.samples.interop;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a client received, in order; filled by the client's threads. */
final class Inbox {

    static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<JsonObject> events = new ArrayList<>();
    private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();

    synchronized void add(JsonObject event) {
        events.add(event);
        notifyAll();
    }

    void closed(int code) {
        closeCode.complete(code);
    }

    synchronized void failed(Throwable failure) {
        closeCode.completeExceptionally(failure);
        notifyAll();
    }

    synchronized List<JsonObject> events() {
        return List.copyOf(events);
    }

    List<JsonObject> events(String type) {
        return events().stream()
                .filter(event -> type.equals(Wire.string(event, "type")))
                .toList();
    }

    /** Returns the first event of a type, once it is there. */
    synchronized JsonObject await(String type) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            List<JsonObject> found = events(type);
            if (!found.isEmpty()) {
                return found.get(0);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || closeCode.isDone()) {
                throw new AssertionError("no " + type + " among " + events + ", close code " + closeCode);
            }
            wait(left);
        }
    }

    /** Returns the code the connection was closed with, once it is; fails if it was lost. */
    int awaitClose() throws Exception {
        return closeCode.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Returns the types of the events in order, a run of the same type as one. */
    List<String> types() {
        List<String> types = new ArrayList<>();
        for (JsonObject event : events()) {
            String type = Wire.string(event, "type");
            if (types.isEmpty() || !types.get(types.size() - 1).equals(type)) {
                types.add(type);
            }
        }
        return types;
    }
}
