package io.qwenasr.codec;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Tells whether the encoder of {@link java.util.Base64} works on vectors in this JVM: with AVX-512 and NEON since
 * Java 17, with AVX2 since Java 19. HotSpot decides when it starts and tells by a flag.
 */
final class JdkBase64 {

    static final boolean VECTORISED = isVectorised();

    private static final int FIRST_WITH_AVX2 = 19;

    private JdkBase64() {}

    private static boolean isVectorised() {
        try {
            HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (vm != null) {
                return Boolean.parseBoolean(
                        vm.getVMOption("UseBASE64Intrinsics").getValue());
            }
        } catch (IllegalArgumentException | LinkageError itDoesNotTell) {
            // Not HotSpot, or one without this flag or this module.
        }
        return Runtime.version().feature() >= FIRST_WITH_AVX2;
    }
}
