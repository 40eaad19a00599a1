// Sends a file as fast as the server has use for it, and hears the events meanwhile. Not by an HTTP request, since a
// browser reads no answer before it has sent all of that.

const PIECE = 32 * 1024;

/** Returns a function that cancels. `onEnd(failure)` is called once; without a failure all is well. */
export function upload(file, { language, onEvent, onProgress, onEnd }) {
  const url = new URL(`ws/transcriptions?${new URLSearchParams({ source: 'file', language })}`, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  let credit = 0;
  let sent = 0;
  let granted = 0;
  let busy = false;
  let failure = 'The connection to the server was lost.';

  async function send() {
    if (busy) {
      return;
    }
    busy = true;
    while (sent < file.size && credit > 0) {
      const piece = await file.slice(sent, sent + Math.min(PIECE, credit)).arrayBuffer();
      if (socket.readyState !== WebSocket.OPEN) {
        break;
      }
      socket.send(piece);
      sent += piece.byteLength;
      credit -= piece.byteLength;
      if (sent === file.size) {
        socket.send('finish');
      }
    }
    busy = false;
  }

  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    switch (event.type) {
      case 'credit':
        credit += event.bytes;
        granted += event.bytes;
        onProgress(Math.min(sent, Math.max(0, granted - PIECE * 16)) / file.size);
        send().catch(() => {
          failure = 'The file cannot be read.';
          socket.close();
        });
        break;
      case 'session_failed':
        failure = event.message;
        break;
      case 'done':
        failure = null;
        onProgress(1);
        break;
      default:
        onEvent(event);
    }
  };
  socket.onclose = () => onEnd(failure);
  return () => {
    failure = 'Cancelled.';
    socket.close(1000);
  };
}
