// The microphone as pieces of PCM.

/** Opens the microphone; `onPiece(pcm, level)` gets each 40 ms. Fails with an Error whose message is for the user. */
export async function openMicrophone(onPiece, onEnded) {
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
  const context = new AudioContext({ latencyHint: 'interactive' });
  try {
    await context.audioWorklet.addModule('pcm-worklet.js');
    await context.resume();
  } catch (error) {
    stream.getTracks().forEach(track => track.stop());
    context.close();
    throw new Error(`The browser cannot process audio: ${error.message}`);
  }
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, 'pcm', { numberOfOutputs: 0 });
  let ended;
  const flushed = new Promise(resolve => { ended = resolve; });
  node.port.onmessage = ({ data }) => data.end ? ended() : onPiece(data.pcm, data.level);
  stream.getAudioTracks()[0].onended = onEnded; // unplugged, or permission taken back
  source.connect(node);
  return {
    /** Resolves when the last piece has been given. */
    async close() {
      stream.getAudioTracks()[0].onended = null;
      node.port.postMessage('stop');
      await Promise.race([flushed, new Promise(resolve => setTimeout(resolve, 500))]);
      source.disconnect();
      stream.getTracks().forEach(track => track.stop());
      await context.close();
    },
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
