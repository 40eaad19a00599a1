package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds the restless end of partials back.
 *
 * <p>Confirmed text is never held back, and what was let through stays as long as the service does not contradict it.
 */
final class Stabiliser implements TextRule {

    /** How much of a text to let through. */
    interface Trust {

        /**
         * Tells it.
         *
         * @param latest previews of one utterance, the newest last; at least one
         * @param breaks where tokens of the newest end
         * @return a length, not within a token
         */
        int length(List<String> latest, BitSet breaks);
    }

    private static final int MAX_OPEN = 1_024;

    private final int remembered;
    private final Trust trust;
    private final Map<String, Item> items = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Item> eldest) {
            return size() > MAX_OPEN;
        }
    };

    private Stabiliser(int remembered, Trust trust) {
        this.remembered = remembered;
        this.trust = trust;
    }

    /** Lets through all but the last tokens. */
    static Stabiliser holdingBack(int tokens) {
        return new Stabiliser(1, (latest, breaks) -> {
            int length = breaks.length() - 1;
            for (int i = 0; i < tokens && length > 0; i++) {
                length = Math.max(0, breaks.previousSetBit(length - 1));
            }
            return Math.max(0, length);
        });
    }

    /** Lets through the tokens that several partials in a row agree on. */
    static Stabiliser agreeing(int partials) {
        return new Stabiliser(partials, (latest, breaks) -> {
            if (latest.size() < partials) {
                return 0;
            }
            String newest = latest.get(latest.size() - 1);
            int common = newest.length();
            for (String earlier : latest) {
                common = Math.min(common, Texts.commonPrefix(earlier, newest));
            }
            boolean atBlank = common < newest.length() && Character.isWhitespace(newest.charAt(common));
            return atBlank ? common : Math.max(0, breaks.previousSetBit(common));
        });
    }

    @Override
    public Reading partial(String itemId, String preview, int firm) {
        Item item = items.computeIfAbsent(itemId, id -> new Item());
        item.latest.add(preview);
        if (item.latest.size() > remembered) {
            item.latest.remove(0);
        }
        int length = Math.max(firm, trust.length(item.latest, Breaks.in(preview)));
        if (preview.startsWith(item.shown)) {
            length = Math.max(length, item.shown.length());
        }
        item.shown = preview.substring(0, length);
        return new Reading(item.shown, firm);
    }

    @Override
    public String complete(String itemId, String transcript) {
        items.remove(itemId);
        return transcript;
    }

    @Override
    public TranscriptionEvent other(TranscriptionEvent event) {
        if (event instanceof Failed failed) {
            items.remove(failed.itemId());
        }
        return event;
    }

    private static final class Item {
        private final List<String> latest = new ArrayList<>();
        private String shown = "";
    }
}
