package io.qwenasr.reactor.captions;

import java.time.Duration;
import java.util.List;

/**
 * What a board knows beside the captions it shows. Immutable.
 *
 * @param past items that have ended and are not shown any more
 * @param overdue captions that are open and were waited for too long
 * @param repeated ids of open captions whose audio is being sent again
 * @param carried ids of captions that were open when a session began that has not shown yet whether it goes on with them
 * @param heard how far on the audio timeline the session has come, as far as it told
 * @param flicker of the captions that are settled
 */
record BoardMemory(
        PastItems past,
        List<Caption> overdue,
        List<String> repeated,
        List<String> carried,
        Duration heard,
        Flicker flicker) {

    static final BoardMemory NONE =
            new BoardMemory(PastItems.NONE, List.of(), List.of(), List.of(), Duration.ZERO, Flicker.NONE);

    private static final int MOST_OVERDUE = 64;

    BoardMemory {
        overdue = List.copyOf(overdue);
        repeated = List.copyOf(repeated);
        carried = List.copyOf(carried);
    }

    /** The audio of open captions is sent again by a session that goes on with them. */
    BoardMemory repeating(List<String> ids) {
        return new BoardMemory(past, overdue, ids, List.of(), heard, flicker);
    }

    /** The same by one of which that is not known. */
    BoardMemory carrying(List<String> open, List<String> unfinished) {
        return new BoardMemory(past, overdue, open, unfinished, Duration.ZERO, flicker);
    }

    /** A session has begun that has nothing to do with those before. */
    BoardMemory anew(List<Caption> settled) {
        return new BoardMemory(
                PastItems.NONE, List.of(), List.of(), List.of(), Duration.ZERO, flicker.plus(Flicker.of(settled)));
    }

    BoardMemory goingOn() {
        return new BoardMemory(past, overdue, repeated, List.of(), heard, flicker);
    }

    BoardMemory hearing(Duration position) {
        return position.compareTo(heard) <= 0
                ? this
                : new BoardMemory(past, overdue, repeated, carried, position, flicker);
    }

    BoardMemory settling(List<Caption> settled) {
        PastItems ended = past;
        for (Caption caption : settled) {
            ended = ended.plus(caption.itemId());
        }
        return new BoardMemory(ended, overdue, repeated, carried, heard, flicker.plus(Flicker.of(settled)));
    }

    /** Changes which ones are overdue; the oldest, if they are too many, are not waited for any more at all. */
    BoardMemory withOverdue(List<Caption> captions) {
        int many = Math.max(0, captions.size() - MOST_OVERDUE);
        PastItems ended = past;
        for (Caption caption : captions.subList(0, many)) {
            ended = ended.plus(caption.itemId());
        }
        return new BoardMemory(ended, captions.subList(many, captions.size()), repeated, carried, heard, flicker);
    }
}
