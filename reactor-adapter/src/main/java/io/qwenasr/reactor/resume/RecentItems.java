package io.qwenasr.reactor.resume;

import java.util.LinkedHashMap;
import java.util.Map;

/** The latest items of a session, so that a day of them takes no more memory than an hour. */
final class RecentItems<V> extends LinkedHashMap<String, V> {

    private static final long serialVersionUID = 1L;
    private static final int REMEMBERED = 256;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > REMEMBERED;
    }
}
