package io.qwenasr.samples.cli;

import io.qwenasr.reactor.Pacing;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How fast recorded audio is sent.
 *
 * @param pacing the pace
 */
record Speed(Pacing pacing) {

    /** As fast as it was spoken. */
    static final String REAL_TIME = "1";

    /** Reads {@code max} or a factor. */
    static final class Converter implements ITypeConverter<Speed> {
        @Override
        public Speed convert(String value) {
            if (value.toLowerCase(Locale.ROOT).equals("max")) {
                return new Speed(Pacing.none());
            }
            try {
                return new Speed(Pacing.realTime(Double.parseDouble(value)));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value + "' is neither max nor a number from 0.01 to 1000");
            }
        }
    }
}
