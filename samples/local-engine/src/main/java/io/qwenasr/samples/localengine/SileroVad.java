package io.qwenasr.samples.localengine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** Silero VAD (version 5 or 6) on ONNX Runtime. */
final class SileroVad implements Vad {

    private static final int CONTEXT = 64;
    private static final int STATE = 2 * 128;
    private static final float SCALE = 1f / 32_768;

    private final Network network;
    private final FloatBuffer input = floats(CONTEXT + FRAME);
    private final FloatBuffer state = floats(STATE);

    private SileroVad(Network network) {
        this.network = network;
    }

    @Override
    public float probability(short[] frame) {
        for (int i = 0; i < CONTEXT; i++) {
            input.put(i, input.get(FRAME + i));
        }
        for (int i = 0; i < FRAME; i++) {
            input.put(CONTEXT + i, frame[i] * SCALE);
        }
        return network.run(input, state);
    }

    @Override
    public void close() {}

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(count * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** The weights, loaded once; detectors of any number of sessions share them, on any threads. */
    static final class Network implements AutoCloseable {

        private final OrtEnvironment environment;
        private final OrtSession session;
        private final OnnxTensor rate;

        private Network(OrtEnvironment environment, OrtSession session, OnnxTensor rate) {
            this.environment = environment;
            this.session = session;
            this.rate = rate;
        }

        static Network load(Path file) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                // Each frame is far too little work to share out; more threads would only spin.
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                OrtSession session = environment.createSession(file.toString(), options);
                return new Network(environment, session, OnnxTensor.createTensor(environment, (long) Pcm.RATE));
            }
        }

        Vad newVad() {
            return new SileroVad(this);
        }

        private float run(FloatBuffer input, FloatBuffer state) {
            try (OnnxTensor inputTensor =
                            OnnxTensor.createTensor(environment, input.rewind(), new long[] {1, CONTEXT + FRAME});
                    OnnxTensor stateTensor =
                            OnnxTensor.createTensor(environment, state.rewind(), new long[] {2, 1, 128});
                    OrtSession.Result result =
                            session.run(Map.of("input", inputTensor, "state", stateTensor, "sr", rate))) {
                float probability =
                        ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
                state.rewind().put(((OnnxTensor) result.get(1)).getFloatBuffer());
                return probability;
            } catch (OrtException e) {
                throw new IllegalStateException("voice activity detection failed: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            rate.close();
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("could not free the voice activity model", e);
            }
        }
    }
}
