#!/bin/sh
# Makes demo.wav from demo.txt: one sentence a line, spoken by a synthetic voice, with pauses of about a second.
# Needs Debian's packages festival, festvox-us-slt-hts and sox.
set -eu

folder=$(cd "$(dirname "$0")/../src/main/resources/io/qwenasr/samples/localengine" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# The voice adds some 0.3 s of near silence to each sentence.
sox -D -n -r 16000 -c 1 -b 16 "$work/pause.wav" trim 0 0.7

set -- "$work/pause.wav"
number=0
while IFS= read -r sentence; do
    number=$((number + 1))
    printf '%s\n' "$sentence" |
        text2wave -eval '(voice_cmu_us_slt_arctic_hts)' -F 16000 -o "$work/$number.wav"
    set -- "$@" "$work/$number.wav" "$work/pause.wav"
done < "$folder/demo.txt"

sox -D "$@" "$folder/demo.wav"
