// The microphone as pieces of PCM.

/**
 * Opens the microphone. `onPiece(pcm, level)` gets each 40 ms; `onPaused(true)` says that the browser or the device gives
 * nothing for now, `onPaused(false)` that it does again; `onEnded()` that it is gone. Fails with an Error whose message is
 * for the user.
 */
export async function openMicrophone({ onPiece, onPaused, onEnded }) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error('A browser gives a page the microphone only over HTTPS or on localhost. Open this page there.');
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      // What makes a call pleasant costs a recogniser consonants, and this page plays nothing that could echo.
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true },
    });
  } catch (error) {
    throw new Error(reason(error));
  }
  const track = stream.getAudioTracks()[0];
  const context = new AudioContext({ latencyHint: 'interactive' });
  let source;
  let node;
  try {
    await context.audioWorklet.addModule('pcm-worklet.js');
    await context.resume();
    source = context.createMediaStreamSource(stream);
    node = new AudioWorkletNode(context, 'pcm', { numberOfOutputs: 0 });
  } catch (error) {
    track.stop();
    context.close();
    throw new Error(`The browser cannot process audio: ${error.message}`);
  }
  let flush;
  const flushed = new Promise(resolve => { flush = resolve; });
  node.port.onmessage = ({ data }) => data.end ? flush() : onPiece(data.pcm, data.level);
  const tellPaused = () => onPaused(context.state !== 'running' || track.muted);
  context.onstatechange = track.onmute = track.onunmute = tellPaused;
  // A phone that took a call suspends the context, and does not wake it by itself.
  const wake = () => document.visibilityState === 'visible' && context.state !== 'closed' && context.resume().catch(() => {});
  document.addEventListener('visibilitychange', wake);
  document.addEventListener('pointerdown', wake);
  track.onended = onEnded; // unplugged, or permission taken back
  source.connect(node);

  async function close() {
    context.onstatechange = track.onmute = track.onunmute = track.onended = null;
    document.removeEventListener('visibilitychange', wake);
    document.removeEventListener('pointerdown', wake);
    node.port.postMessage('stop');
    await Promise.race([flushed, new Promise(resolve => setTimeout(resolve, 500))]);
    source.disconnect();
    track.stop();
    await context.close();
  }
  let closed;
  return {
    /** Resolves when the last piece has been given; may be called again. */
    close: () => closed ??= close(),
  };
}

function reason(error) {
  switch (error.name) {
    case 'NotAllowedError': return 'The microphone is blocked. Allow it for this page in the address bar, then start again.';
    case 'NotFoundError': return 'No microphone was found. Plug one in, then start again.';
    case 'NotReadableError': return 'The microphone is in use by another program. Close that, then start again.';
    default: return `The microphone cannot be opened: ${error.message}`;
  }
}
