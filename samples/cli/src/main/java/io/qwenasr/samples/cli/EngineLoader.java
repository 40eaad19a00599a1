package io.qwenasr.samples.cli;

import io.qwenasr.reactor.Transcriber;
import io.qwenasr.samples.localengine.LocalEngine;
import io.qwenasr.samples.localengine.SetupProgress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Gets a transcriber that runs in this process. */
interface EngineLoader {

    /**
     * A transcriber and how to let go of it.
     *
     * @param transcriber what transcribes
     * @param release frees it
     */
    record Engine(Transcriber transcriber, Runnable release) implements AutoCloseable {
        @Override
        public void close() {
            release.run();
        }
    }

    /** Blocks until the engine is ready. */
    Engine load(@Nullable Path modelFolder, SetupProgress progress);

    /** The engine of the local-engine sample. */
    static Engine local(@Nullable Path modelFolder, SetupProgress progress) {
        LocalEngine engine = LocalEngine.builder()
                .modelFolder(modelFolder)
                .progress(progress)
                .load();
        return new Engine(engine, engine::close);
    }
}
