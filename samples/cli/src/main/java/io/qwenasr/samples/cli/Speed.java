package io.qwenasr.samples.cli;

import io.qwenasr.reactor.Pacing;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How fast recorded audio is sent.
 *
 * @param pacing the pace
 * @param words what people call it
 */
record Speed(Pacing pacing, String words) {

    /** As fast as it was spoken. */
    static final String REAL_TIME = "1";

    static final Speed SPOKEN = new Speed(Pacing.realTime(1), "real time");

    /** As fast as it is taken. */
    static final Speed MAX = new Speed(Pacing.none(), "as fast as it is taken");

    /** Reads {@code max} or a factor. */
    static final class Converter implements ITypeConverter<Speed> {
        @Override
        public Speed convert(String value) {
            if (value.toLowerCase(Locale.ROOT).equals("max")) {
                return MAX;
            }
            try {
                double factor = Double.parseDouble(value);
                return factor == 1 ? SPOKEN : new Speed(Pacing.realTime(factor), factor + " times real time");
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value + "' is neither max nor a number from 0.01 to 1000");
            }
        }
    }
}
