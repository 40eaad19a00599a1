package io.qwenasr.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which items a server has announced, committed and ended. Confined to the event loop. */
final class ServerItems {

    private static final int REMEMBERED_ENDED = 256;

    private final Map<String, Boolean> openToCommitted = new LinkedHashMap<>();
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_ENDED;
        }
    };
    private @Nullable String lastCommitted;

    /** Returns false if the item has ended; announces it if it is new. */
    boolean touch(String id) {
        if (ended.containsKey(id)) {
            return false;
        }
        openToCommitted.putIfAbsent(id, false);
        return true;
    }

    /** Returns true the first time. */
    boolean commit(String id) {
        return Boolean.FALSE.equals(openToCommitted.put(id, true));
    }

    /** Returns the item committed before, and takes this one as the latest. */
    @Nullable String previousOf(String id) {
        String previous = lastCommitted;
        lastCommitted = id;
        return previous;
    }

    void end(String id) {
        openToCommitted.remove(id);
        ended.put(id, true);
    }

    List<String> open() {
        return new ArrayList<>(openToCommitted.keySet());
    }
}
