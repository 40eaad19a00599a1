import { openMicrophone } from './microphone.js';
import { LiveSession } from './session.js';
import { upload } from './upload.js';
import { Transcript, minutes } from './transcript.js';
import { Timeline } from './timeline.js';
import { LatencyChart } from './latency.js';
import { Waveform, loudness } from './waveform.js';

const $ = id => document.getElementById(id);
const stage = {
  state: document.querySelector('[data-testid=state]'),
  partial: document.querySelector('[data-testid=partial]'),
  confirmed: document.querySelector('.confirmed'),
  tentative: document.querySelector('.tentative'),
  speech: document.querySelector('[data-testid=speech]'),
};
const STATES = {
  idle: 'Ready',
  connecting: 'Connecting…',
  listening: 'Listening',
  finishing: 'Finishing…',
  interrupted: 'Service lost, reconnecting…',
  reconnecting: 'Reconnecting…',
  uploading: 'Transcribing a file',
  done: 'Done',
  failed: 'Failed',
};
const AWAY = new Set(['connecting', 'interrupted', 'reconnecting']);
const BUSY = new Set(['connecting', 'listening', 'finishing', 'interrupted', 'reconnecting', 'uploading']);

const transcript = new Transcript();
const latency = new LatencyChart(document.querySelector('[data-testid=latency]'));
const waveform = new Waveform($('waveform'));

let state = 'idle';
let opening = null; // the start that waits for the microphone, or for the permission to use it
let session = null; // the live one
let microphone = null;
let stopping = false; // whether the session was told that no more audio comes
let paused = false; // whether the browser or the device gives silence in place of the microphone
let cancelUpload = null;
let timeline = new Timeline();
let open = new Map(); // utterances without a result: { start, text, stash, heard }
let held = false; // whether the button is held
let heldKey = null; // by which key
let talking = false; // whether what is said is sent
let releasing = false;
let refusedFrom; // where the audio begins whose commit was refused last, if none has followed
let commits = []; // where the button was let go, for utterances that have no result yet

// ---- what is shown

function setState(next, text = STATES[next]) {
  state = next;
  stage.state.dataset.state = next;
  $('state-text').textContent = text;
  const busy = BUSY.has(next);
  const manual = $('mode').value === 'manual';
  const focused = document.activeElement;
  $('start').hidden = busy;
  $('stop').hidden = !busy;
  $('stop-text').textContent = stopping ? 'End now' : 'Stop';
  $('talk').hidden = !manual || next === 'uploading';
  $('talk').disabled = stopping;
  $('mode').disabled = $('language').disabled = busy;
  $('upload').disabled = busy;
  if (focused === $('start') && busy) {
    ($('talk').hidden ? $('stop') : $('talk')).focus(); // where the space bar does what the hint says
  } else if (focused === $('stop') && !busy) {
    $('start').focus();
  }
  hint();
}

function hint() {
  const quiet = open.size === 0 && $('past-1').textContent === '';
  const manual = $('mode').value === 'manual';
  $('hint').textContent = !quiet ? ''
    : state === 'listening' ? !manual ? 'Speak now.' : talking ? 'Speak, then let go.' : 'Hold the button, or the space bar, and speak.'
    : state === 'uploading' ? 'The words appear while the file is read.'
    : BUSY.has(state) ? ''
    : manual ? 'Hold to talk, and your words appear here.' : 'Press Start and speak. Your words appear here.';
}

function notice(text, kind = 'warning', about = '') {
  $('notice').hidden = !text;
  $('notice').dataset.kind = kind;
  $('notice').dataset.about = about;
  $('notice').textContent = text ?? '';
}

/** Takes back what was told about that, if nothing else has been told since. */
function unnotice(about) {
  if ($('notice').dataset.about === about) {
    notice(null);
  }
}

function showPartial() {
  const all = [...open.values()].filter(({ text, stash }) => text || stash);
  const latest = all.at(-1);
  const before = all.slice(0, -1).map(({ text, stash }) => `${text}${stash} `).join('');
  const space = latest ? latest.stash.match(/^\s*/)[0] : ''; // not to be underlined
  stage.confirmed.textContent = latest ? latest.text + space : '';
  stage.tentative.textContent = latest ? latest.stash.slice(space.length) : '';
  if (before) {
    stage.confirmed.prepend(before);
  }
  hint();
}

function showSpeech(on) {
  stage.speech.dataset.speech = on ? 'on' : 'off';
  $('speech-text').textContent = state === 'uploading' ? on ? 'Speech' : 'Reading'
    : !microphone || stopping ? 'Microphone off'
    : paused ? 'Microphone paused'
    : $('mode').value === 'manual' && !talking ? 'Not sending'
    : AWAY.has(state) ? 'Kept for later' // who could tell speech from silence is not there
    : $('mode').value === 'manual' ? 'Sending' // in this mode nobody tells speech from silence
    : on ? 'Hearing speech' : 'Silence';
  hint();
}

/** `position` is where in the audio a result begins; of other rows there is none. */
function row(time, text, position) {
  const item = document.createElement('li');
  const at = document.createElement('time');
  at.textContent = time === undefined ? '' : minutes(time);
  const said = document.createElement('p');
  said.className = 'said';
  said.textContent = text;
  if (position !== undefined) {
    item.dataset.position = position;
    said.dataset.testid = 'final';
    at.dataset.testid = 'final-time';
  } else {
    item.className = 'gap';
  }
  item.append(at, said);
  $('transcript').append(item);
  $('transcript').scrollTop = $('transcript').scrollHeight;
}

function beginTake(title) {
  transcript.begin(title);
  const item = document.createElement('li');
  item.className = 'take';
  item.textContent = title;
  $('transcript').append(item);
  open = new Map();
  timeline = new Timeline();
  commits = [];
  refusedFrom = undefined;
  $('past-1').textContent = $('past-2').textContent = '';
  notice(null);
  showPartial();
}

function showDownloads() {
  const none = transcript.utterances().length === 0;
  for (const id of ['download-srt', 'download-vtt', 'download-text']) {
    $(id).disabled = none;
  }
  $('clear').disabled = transcript.takes.length === 0 || BUSY.has(state);
}

// ---- events of a session; `heard` tells when a position was spoken, for a file it is the position itself

function onEvent(event, live) {
  const now = performance.now();
  switch (event.type) {
    case 'speech_started':
      open.set(event.item_id, { start: event.start_ms, text: '', stash: '' });
      showSpeech(true);
      break;
    case 'speech_stopped':
      showSpeech(false);
      break;
    case 'partial': {
      const item = open.get(event.item_id) ?? { start: manualStart(), text: '', stash: '' };
      item.text = event.text;
      item.stash = event.stash;
      if (live && item.heard === undefined && (event.text + event.stash).trim()) {
        item.heard = now;
      }
      open.set(event.item_id, item);
      showPartial();
      break;
    }
    case 'final':
      onFinal(event, live, now);
      break;
    case 'failed':
      open.delete(event.item_id);
      commits.shift();
      row(undefined, `This sentence could not be transcribed: ${event.error_message ?? event.error_code ?? 'no reason was given'}.`);
      showPartial();
      break;
    case 'audio_dropped':
      row(sessionTime(event.start_ms, live), `${seconds(event.end_ms - event.start_ms)} of audio lost here.`);
      break;
    case 'reconnected':
      notice(event.lost_ms > 0
        ? `Connected again. ${seconds(event.lost_ms)} of what you said could not be kept.`
        : `Connected again. Nothing you said was lost; ${seconds(event.replayed_ms)} of it was sent once more.`,
      event.lost_ms > 0 ? 'warning' : 'good');
      break;
    case 'error':
      if (live && 'start_ms' in event) {
        mergeRefused();
      }
      notice(event.error_message ?? 'The service reported an error.');
      break;
    case 'session_failed':
      notice(event.message);
      break;
  }
}

/** What was said goes into the next utterance. */
function mergeRefused() {
  const refused = commits.shift();
  if (commits.length > 0) {
    commits[0].start = refused.start;
  } else {
    refusedFrom = refused?.start;
  }
}

function manualStart() {
  return $('mode').value === 'manual' ? commits[0]?.start ?? talkStart : timeline.end;
}
let talkStart = 0;

function onFinal(event, live, now) {
  const item = open.get(event.item_id);
  const commit = $('mode').value === 'manual' && live ? commits.shift() : undefined;
  open.delete(event.item_id);
  const text = event.transcript.trim();
  const start = event.start_ms ?? commit?.start ?? item?.start ?? 0;
  const end = event.end_ms ?? commit?.end ?? start;
  if (live && text) {
    const begun = timeline.at(start);
    const ended = timeline.at(end);
    latency.add(
      item?.heard !== undefined && begun !== undefined ? Math.max(0, item.heard - begun) : undefined,
      ended !== undefined ? Math.max(0, now - ended) : undefined);
  }
  if (text) {
    const from = sessionTime(start, live);
    transcript.add({ start: from, end: Math.max(from + 1, sessionTime(end, live)), text });
    row(from, text, start);
    $('past-2').textContent = $('past-1').textContent;
    $('past-1').textContent = text;
    showDownloads();
  }
  showPartial();
}

/** Where a position of the audio is in the take: with push-to-talk time passes between the utterances, too. */
function sessionTime(position, live) {
  const begun = live ? timeline.marks[0]?.at : undefined;
  return begun === undefined ? position : Math.max(0, timeline.at(position) - begun);
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

function clockTime() {
  return new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

// ---- the microphone

async function start() {
  if (BUSY.has(state)) {
    return;
  }
  const mine = opening = {};
  setState('connecting', 'Opening the microphone…');
  beginTake(`Microphone, ${clockTime()}`);
  showDownloads();
  let opened;
  try {
    opened = await openMicrophone({
      onPiece: (pcm, level) => opened === microphone && onPiece(pcm, level),
      onPaused: now => opened === microphone && onPaused(now),
      onEnded: () => {
        if (opened === microphone && !stopping) {
          notice('The microphone is gone: it was unplugged, or its permission taken back.');
          stop();
        }
      },
    });
  } catch (error) {
    if (opening === mine) {
      opening = null;
      notice(error.message);
      setState('failed');
      showDownloads();
    }
    return;
  }
  if (opening !== mine) {
    await opened.close(); // stopped meanwhile
    return;
  }
  opening = null;
  microphone = opened;
  paused = false;
  const mySession = session = new LiveSession({ mode: $('mode').value, language: $('language').value });
  session.addEventListener('state', ({ detail }) => {
    setState(detail.state);
    showSpeech(open.size > 0 || talking);
    if (detail.state === 'reconnecting') {
      notice(detail.reason ? `${detail.reason} Trying again…`
        : stopping ? 'The connection to the server is lost. What you said is sent when it is back.'
        : 'The connection to the server is lost. Go on speaking: up to 30 s are kept and sent when it is back.');
    } else if (detail.state === 'interrupted') {
      notice(stopping ? 'The speech service is lost. What you said is kept until it is back.'
        : 'The speech service is lost. Go on speaking: what you say is kept until it is back.');
    }
  });
  session.addEventListener('event', ({ detail }) => onEvent(detail, true));
  session.addEventListener('again', () => {
    open.clear();
    showSpeech(false);
    showPartial();
  });
  session.addEventListener('lag', ({ detail: { ms } }) => {
    if (ms > 0) {
      notice(`The connection is slow: captions are at least ${seconds(ms)} behind.`, 'warning', 'lag');
    } else {
      unnotice('lag');
    }
  });
  session.addEventListener('end', ({ detail: { failure } }) => mySession === session && ended(failure));
  setState('connecting');
  showSpeech(false);
  showDownloads();
}

function onPaused(now) {
  paused = now;
  if (now) {
    notice('The browser or the device has paused the microphone. Nothing is heard until it goes on.', 'warning', 'paused');
  } else {
    unnotice('paused');
  }
  showSpeech(open.size > 0 || talking);
}

function onPiece(pcm, level) {
  const manual = $('mode').value === 'manual';
  const live = session !== null && !session.finishing && (!manual || talking || releasing);
  waveform.add(level, stage.speech.dataset.speech === 'on' || (manual && live), live);
  $('level').setAttribute('aria-valuenow', Math.round(loudness(level) * 100));
  if (live) {
    timeline.heard(pcm.byteLength / 32, performance.now());
    session.audio(pcm);
    if (releasing) {
      commit();
    }
  }
}

async function stop() {
  cancelUpload?.();
  if (opening) {
    opening = null;
    held = false;
    setState('idle');
    showDownloads();
  } else if (session !== null && stopping) {
    session.abort();
    await ended();
    notice('Ended at once: what had no result yet is not in the transcript.');
  } else if (session !== null) {
    await finish(session);
  }
}

/** The last results follow; who does not want to wait for them stops once more. */
async function finish(finishing) {
  stopping = true;
  held = false;
  setState(state);
  await microphone.close(); // the last piece is given meanwhile
  if (session !== finishing) {
    return; // it has ended meanwhile
  }
  microphone = null;
  talking = false;
  $('talk').setAttribute('aria-pressed', 'false');
  if (releasing) {
    commit();
  }
  finishing.finish();
  waveform.clear();
  showSpeech(false);
}

async function ended(failure) {
  const closing = microphone;
  microphone = null;
  session = null;
  held = talking = releasing = stopping = paused = false;
  $('talk').setAttribute('aria-pressed', 'false');
  open.clear();
  waveform.clear();
  showPartial();
  unnotice('lag');
  unnotice('paused');
  if (failure) {
    notice(failure);
  } else if ($('notice').dataset.kind === 'good') {
    notice(null);
  }
  setState(failure ? 'failed' : 'done');
  showSpeech(false);
  showDownloads();
  await closing?.close();
}

// ---- push to talk

async function press() {
  if (held || stopping) {
    return;
  }
  held = true;
  if (session === null) {
    await start();
  }
  if (!held || session === null || microphone === null || stopping) {
    return; // let go, or stopped, before there was anybody to listen
  }
  if (releasing) {
    commit();
  }
  talking = true;
  timeline.pause();
  talkStart = timeline.end;
  $('talk').setAttribute('aria-pressed', 'true');
  showSpeech(true);
}

function release() {
  held = false;
  if (!talking) {
    return;
  }
  talking = false;
  releasing = true; // until the piece that is being spoken is there
  $('talk').setAttribute('aria-pressed', 'false');
  showSpeech(false);
}

function commit() {
  releasing = false;
  if (timeline.end > talkStart) {
    commits.push({ start: refusedFrom ?? talkStart, end: timeline.end });
    refusedFrom = undefined;
    session.commit();
  }
}

$('talk').addEventListener('pointerdown', event => {
  $('talk').setPointerCapture(event.pointerId);
  press();
});
$('talk').addEventListener('pointerup', release);
$('talk').addEventListener('pointercancel', release);
$('talk').addEventListener('lostpointercapture', release);
$('talk').addEventListener('contextmenu', event => event.preventDefault());

const isTalkKey = event => $('mode').value === 'manual' && !$('talk').hidden
  && ((event.key === ' ' && (event.target === document.body || event.target === $('talk') || event.target === $('captions')))
    || (event.key === 'Enter' && event.target === $('talk')));
addEventListener('keydown', event => {
  if (isTalkKey(event)) {
    event.preventDefault();
    if (!event.repeat) {
      heldKey = event.key;
      press();
    }
  }
});
addEventListener('keyup', event => {
  if (event.key === heldKey) { // wherever the focus is by now
    event.preventDefault();
    heldKey = null;
    release();
  }
});
addEventListener('blur', () => {
  heldKey = null;
  release();
});

// ---- a file

function transcribeFile(file) {
  if (!file || BUSY.has(state)) {
    return;
  }
  if (file.size === 0) {
    $('upload').value = '';
    notice(`${file.name} is empty.`);
    setState('failed');
    return;
  }
  setState('uploading');
  beginTake(file.name);
  showDownloads();
  $('upload-status').hidden = false;
  $('upload-name').textContent = file.name;
  progress(0);
  showSpeech(false);
  cancelUpload = upload(file, {
    language: $('language').value,
    onEvent: event => onEvent(event, false),
    onProgress: progress,
    onEnd: failure => {
      cancelUpload = null;
      open.clear();
      showPartial();
      $('upload-status').hidden = true;
      $('upload').value = '';
      const cancelled = failure === 'Cancelled.';
      notice(cancelled ? null : failure);
      setState(failure ? cancelled ? 'idle' : 'failed' : 'done');
      showSpeech(false);
      showDownloads();
    },
  });
}

function progress(share) {
  $('upload-progress').value = share * 100;
  $('upload-percent').textContent = share < 1 ? `${Math.floor(share * 100)} %` : 'Sent, the last words follow';
}

$('upload').addEventListener('change', () => transcribeFile($('upload').files[0]));
$('upload-cancel').addEventListener('click', () => cancelUpload?.());
addEventListener('dragover', event => {
  event.preventDefault();
  $('drop').classList.add('over');
});
addEventListener('dragleave', event => {
  if (!event.relatedTarget) {
    $('drop').classList.remove('over');
  }
});
addEventListener('drop', event => {
  event.preventDefault();
  $('drop').classList.remove('over');
  transcribeFile(event.dataTransfer.files[0]);
});

// ---- the rest of the page

$('start').addEventListener('click', start);
$('stop').addEventListener('click', stop);
$('mode').addEventListener('change', () => setState(state));
$('clear').addEventListener('click', () => {
  transcript.clear();
  latency.clear();
  $('transcript').replaceChildren();
  $('past-1').textContent = $('past-2').textContent = '';
  notice(null);
  setState('idle');
  showDownloads();
});

function download(kind, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `captions-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-')}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
$('download-srt').addEventListener('click', () => download('srt', 'application/x-subrip', transcript.srt()));
$('download-vtt').addEventListener('click', () => download('vtt', 'text/vtt', transcript.vtt()));
$('download-text').addEventListener('click', () => download('txt', 'text/plain', transcript.text()));

addEventListener('pagehide', () => {
  session?.abort();
  cancelUpload?.();
});

async function describeService() {
  const { description, languages } = await (await fetch('service')).json();
  $('service').textContent = description;
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  $('language').append(...languages.map(code => new Option(names.of(code), code)));
}

setState('idle');
describeService().catch(() => notice('The server does not answer. Is it running?'));
