package io.qwenasr.reactor.test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The sessions of a transcriber, numbered in the order in which they begin. */
final class SessionList {

    private final List<ScriptedSession> sessions = new ArrayList<>();

    synchronized ScriptedSession begin(IntFunction<ScriptedSession> session) {
        ScriptedSession begun = session.apply(sessions.size() + 1);
        sessions.add(begun);
        return begun;
    }

    synchronized List<ScriptedSession> all() {
        return List.copyOf(sessions);
    }

    synchronized int size() {
        return sessions.size();
    }

    synchronized ScriptedSession get(int number) {
        if (number < 1 || number > sessions.size()) {
            throw new IllegalStateException("there is no session " + number + "; " + sessions.size() + " have begun");
        }
        return sessions.get(number - 1);
    }
}
